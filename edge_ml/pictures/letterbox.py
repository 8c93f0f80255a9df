"""How a picture of any shape fills a model's input: which part of it goes where."""

from typing import NamedTuple

RESIZES = ("stretch", "cover", "letterbox", "letterbox_corner")
Size = tuple[int, int]


class Fit(NamedTuple):
    """The input's (width, height) in pixels, and how pictures come to that shape.

    stretch           the whole picture, its proportions changed
    cover             the largest centred part of the input's proportions
    letterbox         the whole picture in its proportions, grey around it
    letterbox_corner  the same, the picture at the top left
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
        across, down = min(self.size[0] * scale, width), min(self.size[1] * scale, height)  # rounding may go past them
        left, top = (width - across) / 2, (height - down) / 2
        return (left, top, left + across, top + down)

    def inner(self, source: Size) -> Size:
        """The part of the input that a picture of size `source` fills."""
        if self.resize not in ("letterbox", "letterbox_corner"):
            return self.size
        scale = min(self.size[0] / source[0], self.size[1] / source[1])
        return (max(round(source[0] * scale), 1), max(round(source[1] * scale), 1))

    def corner(self, source: Size) -> tuple[int, int]:
        """Where in the input that part begins: left, top."""
        if self.resize == "letterbox_corner":
            return (0, 0)
        width, height = self.inner(source)
        return ((self.size[0] - width) // 2, (self.size[1] - height) // 2)

    def window(self, source: Size) -> tuple[float, float, float, float]:
        """Where the input lies on the picture: left, top, width, height as fractions of the picture's sides."""
        left, top, right, bottom = self.box(source)
        across, down = (right - left) / self.inner(source)[0], (bottom - top) / self.inner(source)[1]
        x, y = self.corner(source)
        return (
            (left - x * across) / source[0],
            (top - y * down) / source[1],
            self.size[0] * across / source[0],
            self.size[1] * down / source[1],
        )
