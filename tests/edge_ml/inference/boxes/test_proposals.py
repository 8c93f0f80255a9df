"""Proposals: non-maximum suppression, and their place on the upright picture."""

import numpy as np
import pytest

from edge_ml.inference.boxes.non_maximum_suppression import MAX_BOXES, non_maximum_suppression
from edge_ml.inference.boxes.proposals import Proposals
from edge_ml.pictures.letterbox import Fit


def boxes(*proposed: tuple[float, float, float, float, int, float]) -> Proposals:
    """Return proposals from rows of left, top, right, bottom, label, score."""
    table = np.array(proposed)
    return Proposals(table[:, :4], table[:, 4].astype(np.intp), table[:, 5], np.arange(len(table)))


def test_of_two_overlapping_boxes_the_better_is_kept() -> None:
    kept = non_maximum_suppression(boxes((0.1, 0.1, 0.5, 0.5, 0, 0.6), (0.12, 0.1, 0.52, 0.5, 0, 0.9)))
    assert kept.scores.tolist() == [0.9]


def test_boxes_that_share_less_than_the_limit_both_stay_best_first() -> None:
    kept = non_maximum_suppression(boxes((0, 0, 0.4, 0.4, 0, 0.6), (0.2, 0, 0.6, 0.4, 0, 0.9)))  # they share a third
    assert kept.scores.tolist() == [0.9, 0.6]


def test_boxes_of_different_labels_do_not_suppress_each_other() -> None:
    assert len(non_maximum_suppression(boxes((0, 0, 1, 1, 0, 0.6), (0, 0, 1, 1, 1, 0.9))).scores) == 2


def test_suppression_is_greedy() -> None:
    """The best box suppresses the middle one, so the last stays, although the middle one overlaps it."""
    row = [(0.0, 0, 0.4, 1, 0, 0.9), (0.12, 0, 0.52, 1, 0, 0.8), (0.24, 0, 0.64, 1, 0, 0.7)]
    assert non_maximum_suppression(boxes(*row)).scores.tolist() == [0.9, 0.7]


def test_no_more_boxes_than_the_limit_are_kept() -> None:
    grid = [(x / 20, y / 20, x / 20 + 0.04, y / 20 + 0.04, 0, 0.5 + x / 100) for x in range(20) for y in range(20)]
    kept = non_maximum_suppression(boxes(*grid))
    assert len(kept.scores) == MAX_BOXES
    assert kept.scores.min() == pytest.approx(0.65)


def test_no_proposals_no_boxes() -> None:
    none = Proposals(np.empty((0, 4)), np.empty(0, np.intp), np.empty(0), np.empty(0, np.intp))
    assert non_maximum_suppression(none).on_picture(Fit((64, 64), "letterbox"), (100, 50)).to_detections(("cat",)) == []


@pytest.mark.parametrize(
    ("resize", "expected"),
    [
        ("stretch", [0.25, 0.375, 0.75, 0.625]),
        ("letterbox", [0.25, 0.25, 0.75, 0.75]),
        ("letterbox_corner", [0.25, 0.75, 0.75, 1]),  # reaches below the picture, which ends at half the input
        ("cover", [0.375, 0.375, 0.625, 0.625]),
    ],
)
def test_a_box_is_placed_where_its_resize_rule_took_it_from(resize: str, expected: list[float]) -> None:
    placed = boxes((0.25, 0.375, 0.75, 0.625, 0, 1)).on_picture(Fit((64, 64), resize), (200, 100))
    assert placed.corners[0].tolist() == pytest.approx(expected)


def test_a_box_in_the_padding_is_dropped() -> None:
    assert len(boxes((0, 0, 1, 0.2, 0, 1)).on_picture(Fit((64, 64), "letterbox"), (200, 100)).scores) == 0
