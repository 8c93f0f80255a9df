"""Metrics of classifiers."""

import numpy as np
import pytest

from edge_ml.training.classification.evaluation.metrics import (
    accuracy,
    balanced_accuracy,
    calibration_error,
    confusion_matrix,
    recalls,
    softmax,
)


def test_confusion_counts_a_row_per_truth() -> None:
    table = confusion_matrix(np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0]), 2)
    assert table.tolist() == [[1, 1], [1, 2]]
    assert accuracy(table) == pytest.approx(3 / 5)
    assert recalls(table) == pytest.approx([1 / 2, 2 / 3])
    assert balanced_accuracy(table) == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_balanced_accuracy_leaves_out_labels_without_photographs() -> None:
    assert balanced_accuracy(confusion_matrix(np.array([0, 0]), np.array([0, 0]), 3)) == 1.0


def test_softmax_does_not_overflow_and_softens_with_temperature() -> None:
    sharp, soft = softmax(np.array([[1000.0, 998.0]])), softmax(np.array([[1000.0, 998.0]]), 2.0)
    assert sharp.sum() == pytest.approx(1)
    assert soft[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_certain_and_right_is_calibrated_and_certain_and_wrong_is_not() -> None:
    certain = np.array([[1.0, 0.0], [1.0, 0.0]])
    assert calibration_error(certain, np.array([0, 0])) == 0
    assert calibration_error(certain, np.array([1, 1])) == 1
