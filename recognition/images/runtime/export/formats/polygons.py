"""Polygons as COCO accepts them: a list of polygons, each one piece, with slits to its holes."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Point = Sequence[float]
Polygon = Sequence[Point]
"""Points x, y; the last point is joined to the first."""

_MOST_LINES = 200
"""The largest lines count; a mask of noise has thousands, and each is looked for in all others."""
_PART_OF_A_SIDE = 0.382
"""The place on a polygon's first side at which it is looked for in others: polygons may touch at corners."""


class Piece(NamedTuple):
    """A piece of a region: its outer line, and the lines around its holes."""

    line: Polygon
    holes: list[Polygon]


def pieces(polygons: Iterable[Polygon]) -> list[Piece]:
    """Return the pieces of a region whose lines these are: a line inside another is a hole, and one inside that not."""
    found: list[Piece] = []
    lines = sorted((line for line in polygons if len(line) > 2), key=area, reverse=True)[:_MOST_LINES]
    for n, line in enumerate(lines):
        (x1, y1), (x2, y2) = line[0][:2], line[1][:2]
        place = (x1 + (x2 - x1) * _PART_OF_A_SIDE, y1 + (y2 - y1) * _PART_OF_A_SIDE)
        depth = sum(_contains(larger, place) for larger in lines[:n])
        around = [piece for piece in found if _contains(piece.line, place)]
        if depth % 2 and around:
            around[-1].holes.append(line)
        else:
            found.append(Piece(line, []))
    return found


def with_slits(piece: Piece) -> list[Point]:
    """Return the piece as one polygon: it runs along a slit to each hole, around it, and back along the same slit."""
    merged = _turned(piece.line, clockwise=True)
    for hole in piece.holes:
        inner = _turned(hole, clockwise=False)
        pairs = ((math.dist(a, b), m, n) for m, a in enumerate(merged) for n, b in enumerate(inner))
        _, m, n = min(pairs)
        merged = [*merged[: m + 1], *inner[n:], *inner[: n + 1], *merged[m:]]
    return merged


def area(polygon: Polygon) -> float:
    """Return the area by the shoelace formula, in the square of the points' unit."""
    return abs(_signed_area(polygon))


def bounds(polygons: Iterable[Polygon]) -> list[float] | None:
    """Return left, top, width and height of all polygons together; None if there are none."""
    points = [point for polygon in polygons for point in polygon]
    if not points:
        return None
    left, top = (min(point[axis] for point in points) for axis in (0, 1))
    right, bottom = (max(point[axis] for point in points) for axis in (0, 1))
    return [round(side, 2) for side in (left, top, right - left, bottom - top)]


def _turned(polygon: Polygon, *, clockwise: bool) -> list[Point]:
    """Return the polygon in this direction, as it is seen with y downward."""
    return list(polygon) if (_signed_area(polygon) > 0) == clockwise else list(reversed(polygon))


def _signed_area(polygon: Polygon) -> float:
    following = [*polygon[1:], polygon[0]]
    return sum(x * y2 - x2 * y for (x, y), (x2, y2) in zip(polygon, following, strict=True)) / 2


def _contains(polygon: Polygon, point: Point) -> bool:
    """Return whether a ray from the point crosses the polygon's sides an odd number of times."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        crossings += (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
    return crossings % 2 == 1
