"""Where labels go: by their box, inside the picture, and not on top of each other where that can be helped."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edge_ml.pictures.letterbox import Size


class Rectangle(NamedTuple):
    """Pixels from left and top to before right and bottom."""

    left: int
    top: int
    right: int
    bottom: int

    def moved_into(self, size: Size) -> "Rectangle":
        """The same within a picture of that size, as far as it is not larger than the picture."""
        left = max(0, min(self.left, size[0] - (self.right - self.left)))
        top = max(0, min(self.top, size[1] - (self.bottom - self.top)))
        return Rectangle(left, top, left + self.right - self.left, top + self.bottom - self.top)

    def overlap(self, other: "Rectangle") -> int:
        """How many pixels are in both."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(across, 0) * max(down, 0)


def placed(plate: Size, box: Rectangle, picture: Size, taken: Sequence[Rectangle]) -> Rectangle:
    """The first place by the box that covers no other plate, or the one that covers least of them."""
    places = [place.moved_into(picture) for place in _places(plate, box)]
    return min(places, key=lambda place: sum(map(place.overlap, taken)))


def _places(plate: Size, box: Rectangle) -> Iterator[Rectangle]:
    """On top of the box, inside its corners, under it, beside it; then line by line down its left side."""
    width, height = plate
    for left, top in (
        (box.left, box.top - height),
        (box.left, box.top),
        (box.right - width, box.top - height),
        (box.left, box.bottom),
        (box.left, box.bottom - height),
        (box.right - width, box.top),
        (box.right - width, box.bottom),
        (box.right, box.top),
        (box.left - width, box.top),
        *((box.left, box.top + height * line) for line in range(1, 4)),
        *((box.left, box.top - height * line) for line in range(2, 5)),
    ):
        yield Rectangle(left, top, left + width, top + height)
