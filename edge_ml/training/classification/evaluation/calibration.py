"""How sure the answers are: the temperature, and the confidence below which nothing is claimed."""

import numpy as np

from edge_ml.training.classification.evaluation.metrics import Floats, Labels, softmax

ANSWERED = 0.99
"""The share of the familiar photographs of validation that must still be answered; of strange ones fewer will be."""

THRESHOLDS = np.round(np.arange(0.4, 0.91, 0.02), 2)


def surprise(logits: Floats, truth: Labels, temperature: float) -> float:
    """Mean negative log likelihood of the true labels, in nats."""
    chosen = softmax(logits, temperature)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def fitted_temperature(logits: Floats, truth: Labels) -> float:
    """The temperature in 0.2–5 of least surprise, within 1 % (temperature scaling, arXiv 1706.04599)."""
    candidates = np.exp(np.arange(np.log(0.2), np.log(5.0), 0.01))
    return float(min(candidates, key=lambda temperature: surprise(logits, truth, float(temperature))))


def fitted_threshold(probabilities: Floats) -> float:
    """The highest confidence in 0.4–0.9 to ask for that leaves enough of the photographs answered, or 0.4."""
    top = probabilities.max(1)
    return float(max((t for t in THRESHOLDS if (top >= t).mean() >= ANSWERED), default=THRESHOLDS[0]))


def answered(probabilities: Floats, truth: Labels, threshold: float) -> tuple[float, float]:
    """Share of the photographs that get an answer, and the share of these answers that is right."""
    says = probabilities.max(1) >= threshold
    right = (probabilities.argmax(1) == truth)[says]
    return float(says.mean()), float(right.mean()) if says.any() else 0.0
