"""Metrics of classifiers, in NumPy."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Return the probabilities, (N, labels) float64, of logits (N, labels) divided by the temperature."""
    scaled = np.asarray(logits, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def confusion_matrix(truth: Labels, predicted: Labels, labels: int) -> NDArray[np.int64]:
    """Return counts, (labels, labels) int64: a row per true label, a column per predicted label."""
    matrix = np.zeros((labels, labels), np.int64)
    np.add.at(matrix, (truth, predicted), 1)
    return matrix


def accuracy(matrix: NDArray[np.int64]) -> float:
    """Return the share of all photographs on the diagonal of a confusion matrix."""
    return float(np.trace(matrix) / max(matrix.sum(), 1))


def recalls(matrix: NDArray[np.int64]) -> list[float]:
    """Return the share of each label's photographs that were predicted as it; 0 for a label without photographs."""
    return [float(row[label] / max(row.sum(), 1)) for label, row in enumerate(matrix)]


def balanced_accuracy(matrix: NDArray[np.int64]) -> float:
    """Return the mean recall over the labels that have photographs."""
    return float(np.mean([recall for recall, row in zip(recalls(matrix), matrix, strict=True) if row.sum()]))


def calibration_error(probabilities: Floats, truth: Labels, bins: int = 15) -> float:
    """Return the expected calibration error over equal-width bins of the top probability (arXiv 1706.04599, eq. 3)."""
    top, right = probabilities.max(1), probabilities.argmax(1) == truth
    bin_of = np.minimum((top * bins).astype(int), bins - 1)
    gaps = [abs(float(np.sum(right[bin_of == b]) - np.sum(top[bin_of == b]))) for b in range(bins)]
    return sum(gaps) / max(len(truth), 1)
