"""The boxes that a detector proposes, as columns of arrays, and their place on the upright picture."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_ml.inference.boxes.box import box
from edge_ml.pictures.letterbox import Fit
from edge_ml.pictures.size import Size

if TYPE_CHECKING:
    from edge_ml.protocol import Detection

MIN_SCORE = 0.05


class Proposals(NamedTuple):
    """N boxes as columns.

    corners  (N, 4) float64: left, top, right, bottom in fractions of the input's or the picture's sides
    labels   (N,) intp: indices of their labels
    scores   (N,) float64, 0–1
    anchors  (N,) intp: indices of their anchors in the model's output
    """

    corners: NDArray[np.float64]
    labels: NDArray[np.intp]
    scores: NDArray[np.float64]
    anchors: NDArray[np.intp]

    def select(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> "Proposals":
        """Return the rows that the index array or the boolean mask selects."""
        return Proposals(self.corners[index], self.labels[index], self.scores[index], self.anchors[index])

    def on_picture(self, fit: Fit, source: Size) -> "Proposals":
        """Convert corners from fractions of the input to fractions of the upright picture, clipped to 0–1.

        Boxes that lie wholly outside of the picture are dropped.
        """
        left, top, width, height = fit.input_window(source)
        corners = self.corners * (width, height, width, height) + (left, top, left, top)
        clipped = corners.clip(0, 1)
        visible = np.logical_and.reduce(clipped[:, 2:] > clipped[:, :2], axis=1)
        return self._replace(corners=clipped).select(visible)

    def to_detections(self, labels: tuple[str, ...]) -> "list[Detection]":
        """Return the JSON form, in the same order."""
        return [
            {"label": labels[label], "confidence": round(float(score), 6), "box": box(*map(float, corners))}
            for corners, label, score, _ in zip(*self, strict=True)
        ]
