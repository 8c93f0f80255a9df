"""Calibration: the temperature of the softmax, and the confidence below which the label is `unknown`."""

from typing import NamedTuple

import numpy as np

from edge_ml.training.classification.evaluation.metrics import Floats, Labels, softmax

MIN_COVERAGE = 0.99
"""The share of validation that must get a label and not `unknown`; of unfamiliar photographs the share is smaller."""

THRESHOLDS = np.round(np.arange(0.4, 0.91, 0.02), 2)


class Coverage(NamedTuple):
    """The share of photographs that get a label and not `unknown`, and the accuracy on these."""

    share: float
    accuracy: float


def negative_log_likelihood(logits: Floats, truth: Labels, temperature: float) -> float:
    """Return the mean negative log likelihood of the true labels, in nats."""
    likelihoods = softmax(logits, temperature)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(likelihoods, 1e-12)).mean())


def fit_temperature(logits: Floats, truth: Labels) -> float:
    """Return the temperature in 0.2–5 of least negative log likelihood, within 1 % (arXiv 1706.04599)."""
    candidates = np.exp(np.arange(np.log(0.2), np.log(5.0), 0.01))
    return float(min(candidates, key=lambda temperature: negative_log_likelihood(logits, truth, float(temperature))))


def fit_threshold(probabilities: Floats) -> float:
    """Return the highest confidence in 0.4–0.9 that `MIN_COVERAGE` of the photographs reach, or 0.4."""
    top = probabilities.max(1)
    covering = (threshold for threshold in THRESHOLDS if (top >= threshold).mean() >= MIN_COVERAGE)
    return float(max(covering, default=THRESHOLDS[0]))


def coverage(probabilities: Floats, truth: Labels, threshold: float) -> Coverage:
    """Return the coverage at that threshold."""
    covered = probabilities.max(1) >= threshold
    right = (probabilities.argmax(1) == truth)[covered]
    return Coverage(float(covered.mean()), float(right.mean()) if covered.any() else 0.0)
