"""The simplification of polygons."""

import numpy as np
import pytest

from edge_ml.inference.masks.polygon import Points, polygon_area, simplify_polygons


def circle(points: int = 1000, radius: float = 50) -> Points:
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return radius * np.stack([np.cos(angle), np.sin(angle)], 1)


def square(side: float = 10, steps: int = 25) -> Points:
    along = np.linspace(0, side, steps, endpoint=False)
    none, full = np.zeros(steps), np.full(steps, side)
    sides = [(along, none), (full, along), (side - along, full), (none, side - along)]
    return np.concatenate([np.stack(points, 1) for points in sides])


def test_a_square_of_many_points_is_its_four_corners() -> None:
    (corners,) = simplify_polygons([square()], 0.1, 200)
    assert sorted(map(tuple, corners.tolist())) == [(0, 0), (0, 10), (10, 0), (10, 10)]


@pytest.mark.parametrize("start", [1, 13, 40, 77])
def test_the_first_point_of_a_polygon_adds_one_point_at_most(start: int) -> None:
    (corners,) = simplify_polygons([np.roll(square(), start, 0)], 0.1, 200)
    assert {(0, 0), (0, 10), (10, 0), (10, 10)} <= set(map(tuple, corners.tolist()))
    assert len(corners) <= 5


def test_no_point_left_out_was_farther_off_than_the_tolerance() -> None:
    (few,) = simplify_polygons([circle()], 0.25, 200)
    assert 12 < len(few) < 60
    chords = np.linalg.norm(few - np.roll(few, -1, 0), axis=1)
    sagittas = 50 - np.sqrt(50**2 - (chords / 2) ** 2)
    assert sagittas.max() <= 0.26


def test_the_points_are_spent_where_most_is_lost_without_them() -> None:
    large, small = simplify_polygons([circle(), circle(radius=5)], 0.001, 60)
    assert len(large) + len(small) == 60
    assert len(large) > 2 * len(small)
    assert polygon_area(large) == pytest.approx(polygon_area(circle()), rel=0.01)


def test_the_order_around_the_polygon_is_kept() -> None:
    (few,) = simplify_polygons([circle()], 0.25, 200)
    x, y = few.T
    assert x @ np.roll(y, -1) - y @ np.roll(x, -1) > 0


def test_polygons_without_an_area_are_dropped() -> None:
    assert simplify_polygons([np.array([[0.0, 0], [5, 0]]), np.array([[1.0, 1]])], 0.25, 200) == []
