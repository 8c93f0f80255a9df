"""Where the pixels of a model's output lie on the upright picture."""

from functools import cached_property
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_ml.inference.masks.outline import Field, traced
from edge_ml.inference.masks.polygon import Points
from edge_ml.pictures.letterbox import Fit, Size

LONGEST_SIDE = 2048


class View:
    """An output of [height, width] pixels that covers the whole input, which `fit` made of a picture of `source`."""

    def __init__(self, fit: Fit, source: Size, shape: tuple[int, int]) -> None:
        self._height, self._width = shape
        self._left, self._top, self._across, self._down = fit.window(source)

    def upright(self, values: NDArray[Any], outside: Any) -> NDArray[Any]:
        """The values over the whole upright picture, in pixels as large; `outside` where the model saw nothing."""
        rows, columns = self._rows, self._columns
        seen: NDArray[Any] = values[np.ix_(rows.clip(0, self._height - 1), columns.clip(0, self._width - 1))]
        seen[(rows < 0) | (rows >= self._height)] = outside
        seen[:, (columns < 0) | (columns >= self._width)] = outside
        return seen

    def outline(self, field: Field, most_points: int) -> list[list[list[float]]]:
        """The outlines of where the field is above zero, as fractions of the upright picture, the largest first."""
        top, bottom = _under(self._top, self._down, self._height)
        left, right = _under(self._left, self._across, self._width)
        polygons = traced(field[top:bottom, left:right], most_points)
        return [self._fractions(polygon + np.array([left, top])) for polygon in polygons]

    def _fractions(self, points: Points) -> list[list[float]]:
        scaled = points * (self._across / self._width, self._down / self._height) + (self._left, self._top)
        return [[round(x, 4), round(y, 4)] for x, y in scaled.clip(0, 1).tolist()]

    @cached_property
    def _rows(self) -> NDArray[np.intp]:
        return _places(self._sides[0], self._top, self._down, self._height)

    @cached_property
    def _columns(self) -> NDArray[np.intp]:
        return _places(self._sides[1], self._left, self._across, self._width)

    @cached_property
    def _sides(self) -> tuple[int, int]:
        """How many of its pixels the picture is high and wide."""
        height, width = self._height / self._down, self._width / self._across
        scale = min(1, LONGEST_SIDE / max(height, width))
        return max(round(height * scale), 1), max(round(width * scale), 1)


def _under(start: float, span: float, pixels: int) -> tuple[int, int]:
    """From which to which of the output's pixels the picture lies, padding left out."""
    first, last = -start / span * pixels, (1 - start) / span * pixels
    return max(floor(first + 1e-6), 0), min(ceil(last - 1e-6), pixels)


def _places(count: int, start: float, span: float, pixels: int) -> NDArray[np.intp]:
    """Which of the output's pixels lies under the middle of each of the picture's."""
    middles = (np.arange(count) + 0.5) / count
    return np.floor((middles - start) / span * pixels + 1e-9).astype(np.intp)
