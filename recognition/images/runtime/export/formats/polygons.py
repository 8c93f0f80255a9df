"""Polygons as COCO takes them: a list of outer ones, which have no holes."""

from collections.abc import Iterable, Sequence

Polygon = Sequence[Sequence[float]]
"""Points x, y; the last is joined to the first."""


def outer(polygons: Sequence[Polygon]) -> list[Polygon]:
    """Those that do not lie in one before them: the largest come first, and what lies in one is a hole of it."""
    kept: list[Polygon] = []
    for polygon in polygons:
        if len(polygon) > 2 and not any(_holds(each, polygon[0]) for each in kept):
            kept.append(polygon)
    return kept


def area(polygon: Polygon) -> float:
    """By the shoelace formula."""
    following = [*polygon[1:], polygon[0]]
    return abs(sum(x * y2 - x2 * y for (x, y), (x2, y2) in zip(polygon, following, strict=True))) / 2


def bounds(polygons: Iterable[Polygon]) -> list[float] | None:
    """Left, top, width and height of all of them; None where there are none."""
    points = [point for polygon in polygons for point in polygon]
    if not points:
        return None
    left, top = (min(point[axis] for point in points) for axis in (0, 1))
    right, bottom = (max(point[axis] for point in points) for axis in (0, 1))
    return [round(side, 2) for side in (left, top, right - left, bottom - top)]


def _holds(polygon: Polygon, point: Sequence[float]) -> bool:
    """Whether a ray from the point crosses the polygon's sides an odd number of times."""
    x, y = point
    crossed = 0
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        crossed += (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
    return crossed % 2 == 1
