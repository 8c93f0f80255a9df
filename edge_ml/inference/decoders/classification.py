"""The decoder for classifiers: labels with confidences, best first."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge_ml.bundles.bundle import UNKNOWN, ModelBundle
from edge_ml.inference.decoders.probabilities import checked_probabilities, sigmoid, softmax, with_unknown
from edge_ml.inference.session import Array, Shapes
from edge_ml.pictures.size import Size

if TYPE_CHECKING:
    from edge_ml.protocol import Detection

MIN_CONFIDENCE = 0.01


class ClassificationDecoder:
    """Decodes one score per label, (1, labels), or one score for two labels, (1, 1)."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._labels, self._output = bundle.labels, bundle.output
        self._threshold = bundle.output.threshold or MIN_CONFIDENCE
        counts = [len(bundle.labels)] + [1] * (len(bundle.labels) == 2 and bundle.output.decoding != "logits")
        self.outputs: Shapes = {
            bundle.output.name: [
                shape for count in counts for shape in ((1, count), (1, count, 1, 1), (1, 1, 1, count))
            ]
        }

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the labels with a confidence of at least the threshold; raises ImageError."""
        confidences = self._confidences(outputs[0].reshape(-1).astype(np.float64))
        labels = (*self._labels, UNKNOWN)
        if self._output.unknown_below:
            confidences = with_unknown(confidences, self._output.unknown_below)
        best_first = np.argsort(-confidences, kind="stable")
        return [
            {"label": labels[index], "confidence": round(float(confidences[index]), 6)}
            for index in best_first[: np.count_nonzero(confidences >= self._threshold)]
        ]

    def _confidences(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._output.decoding == "logits":
            return softmax(scores / self._output.temperature)
        if self._output.decoding == "sigmoid":
            confidences = sigmoid(scores / self._output.temperature)
        else:
            confidences = checked_probabilities(scores * self._output.scale)
        if len(confidences) < len(self._labels):
            confidences = np.append(1 - confidences, confidences)
        return confidences.astype(np.float64, copy=False)
