"""How a picture of any shape fills a model's input: which part of it goes where."""

from typing import NamedTuple

RESIZES = ("stretch", "cover", "letterbox")
Size = tuple[int, int]


class Fit(NamedTuple):
    """The input's (width, height) in pixels, and how pictures come to that shape.

    stretch    the whole picture, its proportions changed
    cover      the largest centred part of the input's proportions
    letterbox  the whole picture in its proportions, grey around it
    """

    size: Size
    resize: str

    def turned(self) -> "Fit":
        """The same for a picture that still lies on its side."""
        return Fit((self.size[1], self.size[0]), self.resize)

    def box(self, source: Size) -> tuple[float, float, float, float]:
        """The part of a picture of size `source` that is seen: left, top, right, bottom."""
        width, height = source
        if self.resize != "cover":
            return (0, 0, width, height)
        scale = min(width / self.size[0], height / self.size[1])
        left, top = (width - self.size[0] * scale) / 2, (height - self.size[1] * scale) / 2
        return (left, top, left + self.size[0] * scale, top + self.size[1] * scale)

    def inner(self, source: Size) -> Size:
        """The part of the input that a picture of size `source` fills."""
        if self.resize != "letterbox":
            return self.size
        scale = min(self.size[0] / source[0], self.size[1] / source[1])
        return (max(round(source[0] * scale), 1), max(round(source[1] * scale), 1))
