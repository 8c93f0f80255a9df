"""The geometry of resizing: the part of a picture that is used, and the part of a model's input that it fills."""

from math import ceil
from typing import NamedTuple

from edge_ml.pictures.size import Size

RESIZE_MODES = ("stretch", "cover", "letterbox", "letterbox_corner")


class Crop(NamedTuple):
    """A part of a picture, in its pixels."""

    left: float
    top: float
    right: float
    bottom: float


class Window(NamedTuple):
    """The place of a model's input on a picture, in fractions of the picture's sides; it may reach beyond 0–1."""

    left: float
    top: float
    width: float
    height: float


class Fit(NamedTuple):
    """A model's input size (width, height) in pixels, and the resize mode that brings a picture to it.

    stretch           the whole picture, its proportions changed
    cover             the largest centered crop with the input's proportions
    letterbox         the whole picture in its proportions, centered, with gray padding
    letterbox_corner  the same, with the picture at the top left

    `oversampling` is how many pixels of the picture a pixel of the input is made of at least, along a side, where the
    picture has that many; the details between them need not be decoded.
    """

    size: Size
    resize: str
    oversampling: float = 2.0

    def transposed(self) -> "Fit":
        """Return the fit for a picture that is not upright yet, whose width and height are exchanged."""
        return self._replace(size=(self.size[1], self.size[0]))

    @property
    def least_decoded(self) -> Size:
        """The least size at which the picture is decoded, in either orientation."""
        side = ceil(self.oversampling * max(self.size))
        return (side, side)

    def crop(self, source: Size) -> Crop:
        """Return the part of a picture of size `source` that is used."""
        width, height = source
        if self.resize != "cover":
            return Crop(0, 0, width, height)
        scale = min(width / self.size[0], height / self.size[1])
        across, down = min(self.size[0] * scale, width), min(self.size[1] * scale, height)  # guards against rounding
        left, top = (width - across) / 2, (height - down) / 2
        return Crop(left, top, left + across, top + down)

    def inner_size(self, source: Size) -> Size:
        """Return the size of the part of the input that a picture of size `source` fills."""
        if self.resize not in ("letterbox", "letterbox_corner"):
            return self.size
        scale = min(self.size[0] / source[0], self.size[1] / source[1])
        return (max(round(source[0] * scale), 1), max(round(source[1] * scale), 1))

    def offset(self, source: Size) -> tuple[int, int]:
        """Return the left and the top of that part of the input, in pixels."""
        if self.resize == "letterbox_corner":
            return (0, 0)
        width, height = self.inner_size(source)
        return ((self.size[0] - width) // 2, (self.size[1] - height) // 2)

    def input_window(self, source: Size) -> Window:
        """Return the place of the input on a picture of size `source`."""
        left, top, right, bottom = self.crop(source)
        inner_width, inner_height = self.inner_size(source)
        across, down = (right - left) / inner_width, (bottom - top) / inner_height
        x, y = self.offset(source)
        return Window(
            (left - x * across) / source[0],
            (top - y * down) / source[1],
            self.size[0] * across / source[0],
            self.size[1] * down / source[1],
        )
