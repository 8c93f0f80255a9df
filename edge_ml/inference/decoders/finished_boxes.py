"""Decoders of detectors with non-maximum suppression inside: YOLO26, YOLOv10, YOLOv7, TensorFlow, torchvision."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.boxes.proposals import Proposals
from edge_ml.inference.decoders.candidates import best_first, detections, shapes_of_rows
from edge_ml.inference.decoders.probabilities import checked_probabilities
from edge_ml.inference.session import ANY_COUNT, Array, Shapes, model_failure
from edge_ml.pictures.size import Size

if TYPE_CHECKING:
    from edge_ml.protocol import Detection


class EndToEndDecoder:
    """Decodes (1, N, 6): left, top, right, bottom in pixels, score, label; or (N, 7): picture, box, label, score."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self.outputs: Shapes = {bundle.output.name: [(1, ANY_COUNT, 6), (ANY_COUNT, 6), (ANY_COUNT, 7)]}

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the objects, best first; raises ImageError."""
        rows = outputs[0].reshape(-1, outputs[0].shape[-1]).astype(np.float64)
        if rows.shape[1] == 7:
            corners, labels, scores = rows[:, 1:5], rows[:, 5], rows[:, 6]
        else:
            corners, scores, labels = rows[:, :4], rows[:, 4], rows[:, 5]
        corners = corners / (*self._bundle.fit.size, *self._bundle.fit.size)
        return _finished(self._bundle, corners, scores, labels, source)


class ColumnsDecoder:
    """Decodes boxes (N, 4), scores (N,) and labels (N,) of separate outputs, with or without a batch before them.

    `ssd`, TensorFlow's: top, left, bottom, right in fractions. `torchvision`: left, top, right, bottom in pixels.
    """

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        names = (bundle.output.boxes, bundle.output.name, bundle.output.classes)
        self.outputs: Shapes = shapes_of_rows(names, 4, None, None)

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the objects, best first; raises ImageError."""
        boxes = outputs[0].reshape(-1, 4).astype(np.float64)
        if self._bundle.output.decoding == "ssd":
            corners = boxes[:, [1, 0, 3, 2]]
        else:
            corners = boxes / (*self._bundle.fit.size, *self._bundle.fit.size)
        return _finished(self._bundle, corners, outputs[1].ravel(), outputs[2].ravel(), source)


def _finished(
    bundle: ModelBundle, corners: NDArray[np.float64], scores: Array, labels: Array, source: Size
) -> "list[Detection]":
    """Return the detections of N boxes, (N, 4) in fractions of the input; raises ImageError.

    Rows that the model fills up have a score of 0, and may have no label.
    """
    if not len(corners) == len(scores) == len(labels):
        raise model_failure(f"it returns {len(corners)} boxes, {len(scores)} scores and {len(labels)} labels.")
    certain = checked_probabilities(scores.astype(np.float64)).astype(np.float64, copy=False)
    indices = np.rint(labels.astype(np.float64)).astype(np.intp) - bundle.output.first_class
    found = best_first(Proposals(corners, indices, certain, np.arange(len(corners))))
    wrong = found.labels[(found.labels < 0) | (found.labels >= len(bundle.labels))]
    if wrong.size:
        raise model_failure(
            f"its output has the label {wrong[0] + bundle.output.first_class}, counted from "
            f"{bundle.output.first_class}; there are {len(bundle.labels)}."
        )
    return detections(bundle, found, source)
