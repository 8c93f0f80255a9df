"""Metrics of masks."""

import numpy as np
import pytest

from edge_ml.training.segmentation.metrics import boundary_f1, calibration_error, fit_temperature, iou, outline
from tests.edge_ml.training.segmentation.pictures import square


def test_iou_is_intersection_over_union() -> None:
    assert iou(square(0, 0), square(10, 0)) == pytest.approx(200 / 600)


def test_an_empty_prediction_of_an_empty_truth_is_perfect() -> None:
    assert iou(square(0, 0, 0), square(0, 0, 0)) == 1
    assert boundary_f1(square(0, 0, 0), square(0, 0, 0)) == 1


def test_a_prediction_where_the_truth_is_empty_scores_zero() -> None:
    assert iou(square(0, 0), square(0, 0, 0)) == 0
    assert boundary_f1(square(0, 0), square(0, 0, 0)) == 0


def test_the_outline_of_a_square_is_its_rim() -> None:
    assert outline(square(10, 10)).sum() == 4 * 19
    assert outline(square(0, 0)).sum() == 4 * 19


def test_an_outline_a_pixel_off_is_good_and_one_far_off_is_not() -> None:
    assert boundary_f1(square(11, 10), square(10, 10)) == 1
    assert boundary_f1(square(40, 30), square(10, 10)) == 0


def test_half_an_outline_counts_half() -> None:
    predicted = square(10, 10)
    predicted[30:50, 10:30] = True
    assert 0.5 < boundary_f1(predicted, square(10, 10)) < 0.8


def test_certain_and_right_is_calibrated_and_certain_and_wrong_is_not() -> None:
    truth = np.array([True, False])
    assert calibration_error(np.array([1.0, 0.0]), truth) == 0
    assert calibration_error(np.array([0.0, 1.0]), truth) == 1


def test_the_temperature_that_spoiled_the_logits_is_found() -> None:
    random = np.random.default_rng(0)
    lead = random.normal(scale=2, size=20_000)
    truth = random.random(20_000) < 1 / (1 + np.exp(-lead))
    assert fit_temperature(lead * 3, truth) == pytest.approx(3, rel=0.1)
