"""What a classifying model's answer says of a picture: labels with confidences, best first."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_ml.bundles.bundle import UNKNOWN, ModelBundle
from edge_ml.inference.session import Shapes, model_failed
from edge_ml.pictures.letterbox import Size

FLOOR = 0.01
_SLACK = 0.01
"""How far rounding may take a probability out of 0–1."""

Confidences = NDArray[np.float64]


class Labels:
    """Reads the answers of a bundle that classifies."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._labels, self._output = bundle.labels, bundle.output
        count = len(bundle.labels)
        self.outputs: Shapes = {bundle.output.name: [(1, count), (1, count, 1, 1), (1, 1, 1, count)]}

    def read(self, answers: list[NDArray[Any]], source: Size) -> list[dict[str, Any]]:
        """Every label of at least `FLOOR`; raises ImageError."""
        confidences = self._confidences(answers[0].reshape(-1).astype(np.float64))
        labels = (*self._labels, UNKNOWN)
        if self._output.unknown_below:
            confidences = with_unknown(confidences, self._output.unknown_below)
        best = np.argsort(-confidences, kind="stable")
        return [
            {"label": labels[n], "confidence": round(float(confidences[n]), 6)}
            for n in best[: np.count_nonzero(confidences >= FLOOR)]
        ]

    def _confidences(self, values: Confidences) -> Confidences:
        if self._output.decoding == "logits":
            return softmax(values / self._output.temperature)
        return probabilities(values * self._output.scale)


def softmax(logits: Confidences) -> Confidences:
    """Confidences that add up to one."""
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


def probabilities(values: Confidences) -> Confidences:
    """The values as confidences; raises ImageError where they cannot be any."""
    if values.size and not -_SLACK <= values.min() <= values.max() <= 1 + _SLACK:
        raise model_failed(f"it answers {values.min():g} to {values.max():g} where probabilities were promised.")
    return values.clip(0, 1)


def with_unknown(confidences: Confidences, threshold: float) -> Confidences:
    """Where no label reaches the threshold, `unknown` joins with the threshold's weight (Chow's rejection rule)."""
    if confidences.max() >= threshold:
        return confidences
    return np.append(confidences, threshold) / (1 + threshold)
