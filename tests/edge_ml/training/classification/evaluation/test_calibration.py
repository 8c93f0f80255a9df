"""The temperature, and the threshold of `unknown`."""

import numpy as np
import pytest

from edge_ml.training.classification.evaluation.calibration import coverage, fit_temperature, fit_threshold
from edge_ml.training.classification.evaluation.metrics import softmax


def drawn(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return logits, and truths drawn from their softmax: perfectly calibrated."""
    random = np.random.default_rng(0)
    logits = random.normal(size=(count, 4)) * 2
    return logits, np.array([random.choice(4, p=row) for row in softmax(logits)])


def test_the_temperature_that_spoiled_the_logits_is_found() -> None:
    logits, truth = drawn(4000)
    assert fit_temperature(logits * 3, truth) == pytest.approx(3, rel=0.1)


@pytest.mark.parametrize(("unsure", "threshold"), [(1, 0.9), (2, 0.62)])
def test_the_threshold_leaves_one_photograph_in_a_hundred_unknown(unsure: int, threshold: float) -> None:
    top = np.array([0.63] * unsure + [0.97] * (100 - unsure))
    assert fit_threshold(np.column_stack([top, 1 - top])) == threshold


def test_a_model_with_low_confidences_gets_the_lowest_threshold() -> None:
    assert fit_threshold(np.full((10, 4), 0.25)) == 0.4


def test_coverage_is_the_share_and_the_accuracy_of_labels_above_the_threshold() -> None:
    sure = np.array([[0.9, 0.1], [0.8, 0.2], [0.55, 0.45], [0.3, 0.7]])
    assert coverage(sure, np.array([0, 1, 0, 1]), 0.6) == pytest.approx((3 / 4, 2 / 3))
