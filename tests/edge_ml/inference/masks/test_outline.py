"""Outlines between the pixels of a score map."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_ml.inference.masks.outline import points_per_object, trace_outlines
from edge_ml.inference.masks.polygon import polygon_area

Y, X = np.mgrid[:60, :80] + 0.5


def disc(x: float, y: float, radius: float) -> NDArray[Any]:
    """Return a score map that is positive within the radius and falls evenly."""
    return np.asarray(radius - np.hypot(X - x, Y - y))


def test_an_outline_runs_between_the_pixels_where_the_score_is_zero() -> None:
    (outline,) = trace_outlines(disc(40.3, 30.7, 20.2))
    assert np.hypot(outline[:, 0] - 40.3, outline[:, 1] - 30.7) == pytest.approx(20.2, abs=0.1)
    assert polygon_area(outline) == pytest.approx(np.pi * 20.2**2, rel=0.02)


def test_a_cut_off_region_is_closed_along_the_side() -> None:
    (outline,) = trace_outlines(disc(0, 30, 20))
    assert outline[:, 0].min() == pytest.approx(0, abs=0.01)
    assert polygon_area(outline) == pytest.approx(np.pi * 20**2 / 2, rel=0.02)


def test_a_region_that_fills_the_picture_has_its_sides_as_outline() -> None:
    (outline,) = trace_outlines(np.ones((60, 80)))
    assert polygon_area(outline) == pytest.approx(60 * 80, rel=0.001)
    assert (outline.min(0).tolist(), outline.max(0).tolist()) == (
        pytest.approx([0, 0], abs=1e-6),
        pytest.approx([80, 60]),
    )


def test_parts_and_holes_are_outlines_of_their_own_the_largest_first() -> None:
    ring = np.minimum(disc(30, 30, 25), -disc(30, 30, 10))
    outlines = trace_outlines(np.maximum(ring, disc(70, 10, 5)))
    assert [polygon_area(outline) for outline in outlines] == pytest.approx(
        [np.pi * 25**2, np.pi * 10**2, np.pi * 5**2], rel=0.05
    )


def test_specks_are_left_out_beside_something_larger() -> None:
    score_map = disc(30, 30, 20)
    score_map[5, 70] = 0.2
    assert len(trace_outlines(score_map)) == 1


@pytest.mark.parametrize("max_points", [200, 40])
def test_no_picture_is_drawn_with_more_points_than_allowed(max_points: int) -> None:
    noise = np.random.default_rng(0).normal(size=(60, 80))
    assert 0 < sum(map(len, trace_outlines(noise, max_points))) <= max_points


def test_many_objects_share_the_points() -> None:
    assert (points_per_object(1), points_per_object(20), points_per_object(100)) == (200, 200, 40)


@pytest.mark.parametrize("score_map", [np.full((60, 80), -1.0), np.full((60, 80), np.nan)])
def test_an_empty_score_map_has_no_outline(score_map: NDArray[Any]) -> None:
    assert trace_outlines(score_map) == []


def test_scores_of_any_size_leave_as_numbers() -> None:
    score_map = np.where(disc(40, 30, 20) > 0, np.inf, -np.inf)
    (outline,) = trace_outlines(score_map)
    assert np.isfinite(outline).all()
    assert polygon_area(outline) == pytest.approx(np.pi * 20**2, rel=0.03)
