"""Decoders for YOLO detectors, before non-maximum suppression: YOLOX (undecoded), YOLOv8 and YOLO11 (decoded)."""

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.boxes.anchors import AnchorBoxes, AnchorGrid
from edge_ml.inference.boxes.non_maximum_suppression import non_maximum_suppression
from edge_ml.inference.boxes.proposals import MIN_SCORE, Proposals
from edge_ml.inference.decoders.probabilities import checked_probabilities
from edge_ml.inference.session import Array, Shapes
from edge_ml.pictures.size import Size

if TYPE_CHECKING:
    from edge_ml.protocol import Detection

_MAX_LOG_SIDE = 16.0
"""A side of exp(16) cells is larger than any picture, and its square does not overflow."""

Scores = NDArray[np.floating]


class YoloXDecoder:
    """Decodes YOLOX, (1, A, 5 + labels): offset, log sides, objectness and a score per label for each of A cells."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self._grid = AnchorGrid.of(bundle.fit.size)
        self.outputs: Shapes = {bundle.output.name: [(1, len(self._grid.cells), 5 + len(bundle.labels))]}

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the objects, best first; raises ImageError."""
        proposals = self._proposals(cast(Scores, outputs[0][0]))
        kept = non_maximum_suppression(proposals)
        return kept.on_picture(self._bundle.fit, source).to_detections(self._bundle.labels)

    def _proposals(self, rows: Scores) -> Proposals:
        likely = np.flatnonzero(checked_probabilities(rows[:, 4]) >= MIN_SCORE)
        likely_rows, strides = rows[likely].astype(np.float64), self._grid.strides[likely]
        centers = (likely_rows[:, :2] + self._grid.cells[likely]) * strides
        sides = np.exp(np.minimum(likely_rows[:, 2:4], _MAX_LOG_SIDE)) * strides
        scores = likely_rows[:, 4:5] * checked_probabilities(likely_rows[:, 5:])
        return AnchorBoxes(centers, sides, scores, likely).proposals(self._bundle.fit.size)


class YoloV8Decoder:
    """Decodes YOLOv8 to YOLO12, (1, 4 + labels, A): center, sides and a score per label for each of A anchors.

    Some exports exchange the last two sides.
    """

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self._rows = 4 + len(bundle.labels)
        self.outputs: Shapes = {bundle.output.name: [(1, self._rows, None), (1, None, self._rows)]}

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the objects, best first; raises ImageError."""
        columns = cast(Scores, outputs[0][0])
        columns = columns if len(columns) == self._rows else columns.T
        proposals = yolov8_proposals(columns, len(self._bundle.labels), self._bundle.fit.size)
        kept = non_maximum_suppression(proposals)
        return kept.on_picture(self._bundle.fit, source).to_detections(self._bundle.labels)


def yolov8_proposals(columns: Scores, labels: int, size: Size) -> Proposals:
    """Return the proposals in the columns of A anchors, (4 + labels + …, A); raises ImageError."""
    likely = np.flatnonzero(checked_probabilities(columns[4 : 4 + labels]).max(0) >= MIN_SCORE)
    rows = columns[: 4 + labels, likely].T.astype(np.float64)
    return AnchorBoxes(rows[:, :2], rows[:, 2:4], rows[:, 4:], likely).proposals(size)
