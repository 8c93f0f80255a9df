"""Probabilities from raw scores: softmax, range check, and rejection as `unknown`."""

import numpy as np
from numpy.typing import NDArray

from edge_ml.inference.session import model_failure

_TOLERANCE = 0.01
"""The rounding error by which a probability may lie outside of 0–1."""

Probabilities = NDArray[np.floating]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities of logits, (labels,) float64, with the sum 1."""
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


def sigmoid(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the probability of each logit for itself, in the same shape and dtype; large ones do not overflow."""
    return np.asarray((1 + np.tanh(logits / 2)) / 2)


def checked_probabilities(values: Probabilities) -> Probabilities:
    """Return the values clipped to 0–1, in the same shape and dtype; raises ImageError where one is out of range."""
    if values.size and not -_TOLERANCE <= values.min() <= values.max() <= 1 + _TOLERANCE:
        raise model_failure(f"its output has values from {values.min():g} to {values.max():g}, not probabilities.")
    return values.clip(0, 1)


def with_unknown(probabilities: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """Append `unknown` with the weight `threshold` where no label reaches it (Chow's rejection rule).

    (labels,) float64 becomes (labels + 1,), with the sum 1 again.
    """
    if probabilities.max() >= threshold:
        return probabilities
    return np.append(probabilities, threshold) / (1 + threshold)
