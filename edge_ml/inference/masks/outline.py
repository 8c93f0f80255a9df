"""The outline of a region: the line along which a score map crosses zero, between the pixels."""

from typing import cast

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from edge_ml.inference.masks.polygon import Points, polygon_area, simplify_polygons

_MAX_POINTS, _MAX_POINTS_IN_ALL = 200, 4000
"""The limits for one object, and for all objects on a picture: a recognition has to fit into a table row."""

_TOLERANCE, _MIN_AREA = 0.25, 1.0
"""The error of an outline, and the area up to which a region is a speck, in pixels of the model's output."""

_MAX_SCORE = 1e4
"""Scores are clipped to this: between two pixels with larger ones the outline runs half-way."""

ScoreMap = NDArray[np.floating]
"""(H, W), positive inside the region."""


def points_per_object(objects: int) -> int:
    """Return the limit of points for each of that many objects on one picture."""
    return min(_MAX_POINTS, _MAX_POINTS_IN_ALL // max(objects, 1))


def trace_outlines(score_map: ScoreMap, max_points: int = _MAX_POINTS) -> list[Points]:
    """Return the outlines in pixels of the score map, the largest first; a hole is an outline inside another."""
    score_map = np.nan_to_num(score_map, nan=-1.0).clip(-_MAX_SCORE, _MAX_SCORE)
    inside = score_map > 0
    if not inside.any():
        return []
    top, bottom = _extent(inside.any(1))
    left, right = _extent(inside.any(0))
    lines = _contour_lines(score_map[top:bottom, left:right])
    longest = sorted(lines, key=len)[-max_points:]  # noise has tens of thousands of lines
    polygons = sorted((np.add(line[:-1], (left, top)) for line in longest), key=polygon_area, reverse=True)
    kept = [polygon for n, polygon in enumerate(polygons) if n == 0 or polygon_area(polygon) > _MIN_AREA]
    return simplify_polygons(kept[: max_points // 4], _TOLERANCE, max_points)


def _contour_lines(score_map: ScoreMap) -> list[Points]:
    """Return the closed lines around positive scores; the last point of each is its first."""
    found = contour_generator(z=_with_border(score_map), line_type=LineType.Separate).lines(0)
    # contour coordinates count from the center of a pixel, and the border is one pixel wide
    return [np.subtract(line, 0.5) for line in cast(list[Points], found)]


def _extent(filled: NDArray[np.bool_] | np.bool_) -> tuple[int, int]:
    """Return the range from the first to the last True, with one more element on each side where there is one."""
    places = np.flatnonzero(filled)
    return max(int(places[0]) - 1, 0), min(int(places[-1]) + 2, np.size(filled))


def _with_border(score_map: ScoreMap) -> NDArray[np.float64]:
    """Return the score map with a border (H + 2, W + 2) that closes the outline of a cut region along the cut."""
    bordered = np.pad(score_map.astype(np.float64), 1, mode="edge")
    for border in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        bordered[border] = -abs(bordered[border]) - 1e-9
    return bordered
