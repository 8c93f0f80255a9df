"""Figures of merit of label probabilities, in numpy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Probabilities [N, labels] of logits [N, labels] divided by the temperature."""
    scaled = np.asarray(logits, np.float64) / temperature
    raised = np.exp(scaled - scaled.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def confusion(truth: Labels, said: Labels, count: int) -> NDArray[np.int64]:
    """Counts [count, count]: a row per true label, a column per label said."""
    table = np.zeros((count, count), np.int64)
    np.add.at(table, (truth, said), 1)
    return table


def accuracy(table: NDArray[np.int64]) -> float:
    """Share of all photographs on the diagonal of a confusion table."""
    return float(np.trace(table) / max(table.sum(), 1))


def recalls(table: NDArray[np.int64]) -> list[float]:
    """Share of each true label that was said to be it; 0 for a label without photographs."""
    return [float(row[i] / max(row.sum(), 1)) for i, row in enumerate(table)]


def balanced_accuracy(table: NDArray[np.int64]) -> float:
    """Mean recall over the labels that have photographs."""
    return float(np.mean([recall for recall, row in zip(recalls(table), table, strict=True) if row.sum()]))


def calibration_error(probabilities: Floats, truth: Labels, bins: int = 15) -> float:
    """Expected calibration error over equal-width bins of the top probability (arXiv 1706.04599, eq. 3)."""
    top, right = probabilities.max(1), probabilities.argmax(1) == truth
    bin_of = np.minimum((top * bins).astype(int), bins - 1)
    gaps = [abs(float(np.sum(right[bin_of == b]) - np.sum(top[bin_of == b]))) for b in range(bins)]
    return sum(gaps) / max(len(truth), 1)
