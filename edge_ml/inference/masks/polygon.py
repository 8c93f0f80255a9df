"""Simplification of polygons: few points that stay close to many (Douglas–Peucker, the largest deviation first)."""

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(N, 2): x, y of a closed polygon, its first point not repeated."""


class _Stretch(NamedTuple):
    """A stretch of a polygon between two kept points; a heap yields the one with the largest deviation from its chord.

    `start`, `farthest` and `end` are indices of points.
    """

    negative_deviation: float
    polygon: int
    start: int
    farthest: int
    end: int


def simplify_polygons(polygons: list[Points], tolerance: float, max_points: int) -> list[Points]:
    """Return the polygons within `tolerance` of the given ones, or as close as `max_points` in all allow."""
    kept = [{0, _farthest_from_first(polygon)} for polygon in polygons]
    stretches: list[_Stretch] = []
    for index, polygon in enumerate(polygons):
        first, second = sorted(kept[index]) if len(kept[index]) > 1 else (0, 0)
        _push(stretches, polygons, index, (first, second))
        _push(stretches, polygons, index, (second, len(polygon)))
    points = sum(map(len, kept))
    while stretches and points < max_points and -stretches[0].negative_deviation > tolerance:
        stretch = heappop(stretches)
        kept[stretch.polygon].add(stretch.farthest)
        points += 1
        _push(stretches, polygons, stretch.polygon, (stretch.start, stretch.farthest))
        _push(stretches, polygons, stretch.polygon, (stretch.farthest, stretch.end))
    return [polygon[sorted(indices)] for polygon, indices in zip(polygons, kept, strict=True) if len(indices) > 2]


def polygon_area(polygon: Points) -> float:
    """Return the area inside the polygon (shoelace formula)."""
    x, y = polygon.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _farthest_from_first(polygon: Points) -> int:
    return int(np.square(polygon - polygon[0]).sum(1).argmax())


def _push(stretches: list[_Stretch], polygons: list[Points], index: int, ends: tuple[int, int]) -> None:
    """Push the stretch of a polygon between two of its points; the end may be the first point again."""
    (start, end), polygon = ends, polygons[index]
    if end - start < 2:
        return
    origin = polygon[start]
    x, y = (polygon[start + 1 : end] - origin).T
    across, down = polygon[end % len(polygon)] - origin
    length = np.hypot(across, down)
    deviations = abs(across * y - down * x) / length if length else np.hypot(x, y)
    farthest = int(deviations.argmax())
    heappush(stretches, _Stretch(-float(deviations[farthest]), index, start, start + 1 + farthest, end))
