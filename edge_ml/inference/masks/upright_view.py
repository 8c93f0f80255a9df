"""The geometry between the pixels of a model's output and the upright picture."""

from functools import cached_property
from math import ceil, floor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from edge_ml.inference.masks.outline import ScoreMap, trace_outlines
from edge_ml.inference.masks.polygon import Points
from edge_ml.pictures.letterbox import Fit
from edge_ml.pictures.size import Size

MAX_SIDE = 2048

Element = TypeVar("Element", bound=np.generic)


class UprightView:
    """An output of `shape` (H, W) that covers the whole input, seen on the upright picture of size `source`."""

    def __init__(self, fit: Fit, source: Size, shape: tuple[int, int]) -> None:
        self._height, self._width = shape
        self._left, self._top, self._across, self._down = fit.input_window(source)

    def resample(self, values: NDArray[Element], outside: float) -> NDArray[Element]:
        """Return the values (H, W) over the whole upright picture, in pixels of the same size.

        `outside` fills the parts of the picture that the model did not see. No side exceeds `MAX_SIDE`.
        """
        rows, columns = self._rows, self._columns
        seen: NDArray[Element] = values[np.ix_(rows.clip(0, self._height - 1), columns.clip(0, self._width - 1))]
        seen[(rows < 0) | (rows >= self._height)] = outside
        seen[:, (columns < 0) | (columns >= self._width)] = outside
        return seen

    def outlines(self, score_map: ScoreMap, max_points: int) -> list[list[list[float]]]:
        """Return the outlines of the positive region as [x, y] in fractions of the upright picture, largest first."""
        top, bottom = _picture_range(self._top, self._down, self._height)
        left, right = _picture_range(self._left, self._across, self._width)
        polygons = trace_outlines(score_map[top:bottom, left:right], max_points)
        return [self._fractions(polygon + np.array([left, top])) for polygon in polygons]

    def _fractions(self, points: Points) -> list[list[float]]:
        fractions = points * (self._across / self._width, self._down / self._height) + (self._left, self._top)
        return [[round(x, 4), round(y, 4)] for x, y in fractions.clip(0, 1).tolist()]

    @cached_property
    def _rows(self) -> NDArray[np.intp]:
        return _nearest_pixels(self._sides[0], self._top, self._down, self._height)

    @cached_property
    def _columns(self) -> NDArray[np.intp]:
        return _nearest_pixels(self._sides[1], self._left, self._across, self._width)

    @cached_property
    def _sides(self) -> tuple[int, int]:
        """The picture's height and width in pixels of the output."""
        height, width = self._height / self._down, self._width / self._across
        scale = min(1, MAX_SIDE / max(height, width))
        return max(round(height * scale), 1), max(round(width * scale), 1)


def _picture_range(start: float, span: float, pixels: int) -> tuple[int, int]:
    """Return the range of the output's pixels that the picture covers; the rest is padding."""
    first, last = -start / span * pixels, (1 - start) / span * pixels
    return max(floor(first + 1e-6), 0), min(ceil(last - 1e-6), pixels)


def _nearest_pixels(count: int, start: float, span: float, pixels: int) -> NDArray[np.intp]:
    """Return the output's pixel under the center of each of the picture's `count` pixels, (count,) intp."""
    centers = (np.arange(count) + 0.5) / count
    return np.floor((centers - start) / span * pixels + 1e-9).astype(np.intp)
