"""How sure the answers are: the temperature, and the confidence below which nothing is claimed."""

import numpy as np

from edge_ml.training.metrics import Floats, Labels, softmax

COST_OF_UNKNOWN = 0.25
"""As a share of what a wrong answer costs; a calibrated model is then best silent below 0.75 (Chow 1970)."""


def surprise(logits: Floats, truth: Labels, temperature: float) -> float:
    """Mean negative log likelihood of the true labels, in nats."""
    chosen = softmax(logits, temperature)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def fitted_temperature(logits: Floats, truth: Labels) -> float:
    """The temperature in 0.2–5 of least surprise, within 1 % (temperature scaling, arXiv 1706.04599)."""
    candidates = np.exp(np.arange(np.log(0.2), np.log(5.0), 0.01))
    return float(min(candidates, key=lambda temperature: surprise(logits, truth, float(temperature))))


def fitted_threshold(probabilities: Floats, truth: Labels) -> float:
    """The confidence in 0.4–0.9 below which `unknown` costs least, the lowest of equals."""
    top, wrong = probabilities.max(1), probabilities.argmax(1) != truth

    def cost(threshold: float) -> float:
        silent = top < threshold
        return float(COST_OF_UNKNOWN * silent.sum() + (wrong & ~silent).sum())

    return float(min(np.round(np.arange(0.4, 0.91, 0.02), 2), key=cost))


def answered(probabilities: Floats, truth: Labels, threshold: float) -> tuple[float, float]:
    """Share of the photographs that get an answer, and the share of these answers that is right."""
    says = probabilities.max(1) >= threshold
    right = (probabilities.argmax(1) == truth)[says]
    return float(says.mean()), float(right.mean()) if says.any() else 0.0
