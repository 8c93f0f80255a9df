"""Suspects: images that may end the edge function, by a fault that the function does not survive."""

from dataclasses import dataclass, field

from domain.image import Image


@dataclass(frozen=True, slots=True)
class Suspects:
    """Of one batch: how often each image that was tried before has ended the function alone; those that have now."""

    before: dict[Image, int] = field(default_factory=dict)
    ended: set[Image] = field(default_factory=set)

    def clear(self) -> None:
        """Begin a new batch."""
        self.before.clear()
        self.ended.clear()

    def add(self, image: Image) -> bool:
        """Note that an image has ended the function alone; return whether that was the second time."""
        self.ended.add(image)
        return self.before.get(image, 0) > 0
