"""The outline of a region: where a field of scores passes through zero, between the pixels."""

from typing import Any, cast

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from edge_ml.inference.masks.polygon import Points, area, simplified

_MOST_POINTS, _MOST_OF_ALL = 200, 4000
"""Of one thing, and of all on a picture: an answer has to fit into a row of a table."""

_TOLERANCE = 0.25
_SMALLEST = 1.0
"""Pixels of the model's output: how far an outline may be off, and the area of a speck."""

_STEEPEST = 1e4
"""Scores may be as large as numbers go; between two of these the outline runs half-way."""

Field = NDArray[np.floating]
"""[height, width], above zero inside the region."""


def points_each(things: int) -> int:
    """How many points each of so many things on one picture may have."""
    return min(_MOST_POINTS, _MOST_OF_ALL // max(things, 1))


def traced(field: Field, most_points: int = _MOST_POINTS) -> list[Points]:
    """The outlines in pixels of the field, the largest first; a hole is an outline inside another."""
    field = np.nan_to_num(field, nan=-1.0).clip(-_STEEPEST, _STEEPEST)
    inside = field > 0
    if not inside.any():
        return []
    top, bottom = _extent(inside.any(1))
    left, right = _extent(inside.any(0))
    longest = sorted(_lines(field[top:bottom, left:right]), key=len)[-most_points:]  # noise has ten thousands
    polygons = sorted((np.add(line[:-1], (left, top)) for line in longest), key=area, reverse=True)
    worthy = [each for n, each in enumerate(polygons) if n == 0 or area(each) > _SMALLEST]
    return simplified(worthy[: most_points // 4], _TOLERANCE, most_points)


def _lines(field: Field) -> list[Points]:
    """The closed lines around what is above zero, their last point the first again."""
    found = contour_generator(z=_walled(field), line_type=LineType.Separate).lines(0)
    # contour coordinates count from a pixel's centre, and the wall is one pixel thick
    return [np.subtract(line, 0.5) for line in cast(list[Points], found)]


def _extent(filled: Any) -> tuple[int, int]:
    """From the first to the last that is filled, and one more on each side where there is one."""
    places = np.flatnonzero(filled)
    return max(int(places[0]) - 1, 0), min(int(places[-1]) + 2, len(filled))


def _walled(field: Field) -> NDArray[np.float64]:
    """The field with a wall around it that puts the outline of what it cuts off just where it cuts."""
    walled = np.pad(field.astype(np.float64), 1, mode="edge")
    for wall in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        walled[wall] = -abs(walled[wall]) - 1e-9
    return walled
