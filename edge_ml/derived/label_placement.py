"""The placement of labels: beside their box, inside the picture, and not on top of each other where possible."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edge_ml.pictures.size import Size


class Rectangle(NamedTuple):
    """A rectangle in pixels; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    def moved_into(self, size: Size) -> "Rectangle":
        """Return the rectangle moved into a picture of that size; one too large for it begins at the top left."""
        left = max(0, min(self.left, size[0] - (self.right - self.left)))
        top = max(0, min(self.top, size[1] - (self.bottom - self.top)))
        return Rectangle(left, top, left + self.right - self.left, top + self.bottom - self.top)

    def overlap(self, other: "Rectangle") -> int:
        """Return the number of pixels in both rectangles."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0) * max(height, 0)


def place_label(label: Size, box: Rectangle, picture: Size, occupied: Sequence[Rectangle]) -> Rectangle:
    """Return the first candidate place that covers no occupied one, or the candidate that covers least.

    `label` and `picture` are sizes.
    """
    candidates = [candidate.moved_into(picture) for candidate in _candidates(label, box)]
    return min(candidates, key=lambda candidate: sum(map(candidate.overlap, occupied)))


def _candidates(label: Size, box: Rectangle) -> Iterator[Rectangle]:
    """Yield places above the box, inside its corners, below it, beside it; then line by line down its left side."""
    width, height = label
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
