"""Decoders of detectors whose candidates are rows of one output or of two: YOLOv5 to YOLOv7, DETR, YOLO-NAS."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.boxes.anchors import AnchorBoxes
from edge_ml.inference.boxes.non_maximum_suppression import MAX_BOXES, non_maximum_suppression
from edge_ml.inference.boxes.proposals import MIN_SCORE, Proposals
from edge_ml.inference.decoders.probabilities import checked_probabilities, sigmoid
from edge_ml.inference.decoders.yolo import Scores
from edge_ml.inference.session import ANY_COUNT, Array, Shapes
from edge_ml.pictures.size import Size

if TYPE_CHECKING:
    from edge_ml.protocol import Detection


class YoloV5Decoder:
    """Decodes (1, A, 5 + labels): center and sides in pixels, objectness, and a score per label.

    YOLOv5, YOLOv6 and YOLOv7 have this output, and YOLOX that decodes its grids itself.
    """

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self.outputs: Shapes = {bundle.output.name: [(1, None, 5 + len(bundle.labels))]}

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the objects, best first; raises ImageError."""
        rows = cast(Scores, outputs[0][0])
        likely = np.flatnonzero(checked_probabilities(rows[:, 4]) >= MIN_SCORE)
        likely_rows = rows[likely].astype(np.float64)
        scores = likely_rows[:, 4:5] * checked_probabilities(likely_rows[:, 5:])
        boxes = AnchorBoxes(likely_rows[:, :2], likely_rows[:, 2:4], scores, likely)
        proposals = boxes.proposals(self._bundle.fit.size)
        kept = non_maximum_suppression(proposals)
        return kept.on_picture(self._bundle.fit, source).to_detections(self._bundle.labels)


class RtDetrDecoder:
    """Decodes Ultralytics' RT-DETR, (1, Q, 4 + labels): center and sides in fractions, and a score per label.

    Each of Q queries is an object of its own, so nothing is suppressed.
    """

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self.outputs: Shapes = {bundle.output.name: [(1, None, 4 + len(bundle.labels))]}

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the objects, best first; raises ImageError."""
        rows = cast(Scores, outputs[0][0])
        return queries(self._bundle, rows[:, :4], checked_probabilities(rows[:, 4:]), source)


class DetrDecoder:
    """Decodes DETR, boxes (1, Q, 4) as center and sides in fractions, and raw scores.

    `detr` has (1, Q, labels + 1) scores of which one holds, the last one for no object. `deformable_detr`, also that of
    RT-DETR and RF-DETR, has (1, Q, labels) scores, each for itself.
    """

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self._one_holds = bundle.output.decoding == "detr"
        count = len(bundle.labels) + self._one_holds
        self.outputs: Shapes = {bundle.output.boxes: [(1, None, 4)], bundle.output.name: [(1, None, count)]}

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the objects, best first; raises ImageError."""
        boxes, logits = cast(Scores, outputs[0][0]), outputs[1][0].astype(np.float64)
        if self._one_holds:
            powers = np.exp(logits - logits.max(1, keepdims=True))
            return queries(self._bundle, boxes, (powers / powers.sum(1, keepdims=True))[:, :-1], source)
        return queries(self._bundle, boxes, sigmoid(logits), source)


class BoxesAndScoresDecoder:
    """Decodes YOLO-NAS, boxes (1, A, 4) as left, top, right, bottom in pixels, and probabilities (1, A, labels)."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self.outputs: Shapes = {
            bundle.output.boxes: [(1, None, 4)],
            bundle.output.name: [(1, None, len(bundle.labels))],
        }

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the objects, best first; raises ImageError."""
        scores = checked_probabilities(cast(Scores, outputs[1][0]))
        likely = np.flatnonzero(scores.max(1, initial=0) >= MIN_SCORE)
        corners = outputs[0][0][likely].astype(np.float64)
        centers, sides = (corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]
        boxes = AnchorBoxes(centers, sides, scores[likely].astype(np.float64), likely)
        kept = non_maximum_suppression(boxes.proposals(self._bundle.fit.size))
        return kept.on_picture(self._bundle.fit, source).to_detections(self._bundle.labels)


def queries(bundle: ModelBundle, boxes: Scores, scores: Scores, source: Size) -> "list[Detection]":
    """Return the detections of Q queries, best first: boxes (Q, 4) in fractions of the input, scores (Q, labels).

    A query may have several labels; the best `MAX_BOXES` pairs of query and label count, as in DETR's own code.
    """
    rows, labels = np.nonzero(scores >= MIN_SCORE)
    likely = scores[rows, labels].astype(np.float64)
    best = np.argsort(-likely, kind="stable")[:MAX_BOXES]
    rows, labels, likely = rows[best], labels[best], likely[best]
    centers, sides = boxes[rows, :2].astype(np.float64), boxes[rows, 2:].astype(np.float64)
    corners = np.hstack([centers - sides / 2, centers + sides / 2])
    return detections(bundle, Proposals(corners, labels, likely.clip(0, 1), rows), source)


def detections(bundle: ModelBundle, found: Proposals, source: Size) -> "list[Detection]":
    """Return the detections of proposals in fractions of the input, in their order."""
    found = found._replace(corners=found.corners.clip(-1, 2))
    return found.on_picture(bundle.fit, source).to_detections(bundle.labels)


def best_first(found: Proposals) -> Proposals:
    """Return the likely ones of finished detections, best first, at most `MAX_BOXES`."""
    order = np.argsort(-found.scores, kind="stable")
    order = order[found.scores[order] >= MIN_SCORE]
    return found.select(np.asarray(order[:MAX_BOXES]))


def shapes_of_rows(names: Sequence[str], *columns: int | None) -> Shapes:
    """Return the shapes of outputs with any number of rows, none included, with and without a batch before them."""
    sides = [[] if count is None else [count] for count in columns]
    return {name: [(ANY_COUNT, *last), (1, ANY_COUNT, *last)] for name, last in zip(names, sides, strict=True)}
