"""Polygons with few points that stay close to polygons with many (Douglas–Peucker, the worst deviation first)."""

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""[n, 2]: x, y of a closed polygon, its first point not repeated."""

_Stretch = tuple[float, int, int, int, int]
"""How far a polygon leaves a chord (negative, so that the worst comes first), which polygon; from, farthest, to."""


def simplified(polygons: list[Points], tolerance: float, most_points: int) -> list[Points]:
    """The polygons within `tolerance` of the given ones, or as near as so many points in all allow."""
    kept = [{0, _farthest(polygon)} for polygon in polygons]
    stretches: list[_Stretch] = []
    for which, polygon in enumerate(polygons):
        first, second = sorted(kept[which]) if len(kept[which]) > 1 else (0, 0)
        _measure(stretches, polygon, which, first, second)
        _measure(stretches, polygon, which, second, len(polygon))
    points = sum(map(len, kept))
    while stretches and points < most_points and -stretches[0][0] > tolerance:
        _, which, start, middle, end = heappop(stretches)
        kept[which].add(middle)
        points += 1
        _measure(stretches, polygons[which], which, start, middle)
        _measure(stretches, polygons[which], which, middle, end)
    return [polygon[sorted(places)] for polygon, places in zip(polygons, kept, strict=True) if len(places) > 2]


def area(polygon: Points) -> float:
    """The area inside (the shoelace formula)."""
    x, y = polygon.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _farthest(polygon: Points) -> int:
    return int(np.square(polygon - polygon[0]).sum(1).argmax())


def _measure(stretches: list[_Stretch], polygon: Points, which: int, start: int, end: int) -> None:
    """Note where the polygon leaves the chord from `start` to `end` farthest; `end` may be the first point again."""
    if end - start < 2:
        return
    origin = polygon[start]
    x, y = (polygon[start + 1 : end] - origin).T
    across, down = polygon[end % len(polygon)] - origin
    length = np.hypot(across, down)
    away = abs(across * y - down * x) / length if length else np.hypot(x, y)
    farthest = int(away.argmax())
    heappush(stretches, (-float(away[farthest]), which, start, start + 1 + farthest, end))
