"""Polygons as COCO accepts them: a list of outer polygons, without holes."""

from collections.abc import Iterable, Sequence

Polygon = Sequence[Sequence[float]]
"""Points x, y; the last point is joined to the first."""


def outer(polygons: Sequence[Polygon]) -> list[Polygon]:
    """Return the polygons that lie in none before them: the largest come first, and a hole lies in an outer one."""
    kept: list[Polygon] = []
    for polygon in polygons:
        if len(polygon) > 2 and not any(_contains(larger, polygon[0]) for larger in kept):
            kept.append(polygon)
    return kept


def area(polygon: Polygon) -> float:
    """Return the area by the shoelace formula, in the square of the points' unit."""
    following = [*polygon[1:], polygon[0]]
    return abs(sum(x * y2 - x2 * y for (x, y), (x2, y2) in zip(polygon, following, strict=True))) / 2


def bounds(polygons: Iterable[Polygon]) -> list[float] | None:
    """Return left, top, width and height of all polygons together; None if there are none."""
    points = [point for polygon in polygons for point in polygon]
    if not points:
        return None
    left, top = (min(point[axis] for point in points) for axis in (0, 1))
    right, bottom = (max(point[axis] for point in points) for axis in (0, 1))
    return [round(side, 2) for side in (left, top, right - left, bottom - top)]


def _contains(polygon: Polygon, point: Sequence[float]) -> bool:
    """Return whether a ray from the point crosses the polygon's sides an odd number of times."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        crossings += (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
    return crossings % 2 == 1
