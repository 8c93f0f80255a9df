"""The decoder for the instance segmentation of YOLOv8 and YOLO11: objects with a box, and a mask for each."""

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.boxes.non_maximum_suppression import non_maximum_suppression
from edge_ml.inference.decoders.yolo import Scores, yolov8_proposals
from edge_ml.inference.masks.outline import ScoreMap, points_per_object
from edge_ml.inference.masks.run_length_encoding import drop_masks_over_budget, encode_mask
from edge_ml.inference.masks.upright_view import UprightView
from edge_ml.inference.session import Array, Shapes, model_failure
from edge_ml.pictures.size import Size

if TYPE_CHECKING:
    from edge_ml.protocol import Detection


class YoloV8MaskDecoder:
    """Decodes boxes (1, 4 + labels + M, A) and mask prototypes (1, M, H, W).

    An object's mask is the sum of the M prototypes, weighted by the M coefficients at its anchor.
    """

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self.outputs: Shapes = {bundle.output.name: [(1, None, None)], bundle.output.masks: [(1, None, None, None)]}

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the objects, best first; raises ImageError."""
        columns, prototypes = cast(Scores, outputs[0][0]), outputs[1][0].astype(np.float32, copy=False)
        first = 4 + len(self._bundle.labels)
        if len(columns) != first + len(prototypes):
            raise model_failure(
                f"{len(columns)} values per anchor are not {first} for the box and {len(prototypes)} for the mask."
            )
        proposals = non_maximum_suppression(yolov8_proposals(columns, len(self._bundle.labels), self._bundle.fit.size))
        visible = proposals.on_picture(self._bundle.fit, source)
        proposals = proposals.select(np.isin(proposals.anchors, visible.anchors))
        view = UprightView(self._bundle.fit, source, (prototypes.shape[1], prototypes.shape[2]))
        detections = visible.to_detections(self._bundle.labels)
        for detection, corners, anchor in zip(detections, proposals.corners, visible.anchors, strict=True):
            logits = columns[first:, anchor] @ prototypes.reshape(len(prototypes), -1)
            score_map = _inside_box(logits.reshape(prototypes.shape[1:]), corners)
            detection["outline"] = view.outlines(score_map, points_per_object(len(detections)))
            detection["mask"] = encode_mask(view.resample(score_map > 0, False))
        return drop_masks_over_budget(detections)


def _inside_box(logits: ScoreMap, corners: NDArray[np.float64]) -> ScoreMap:
    """Make the mask's logits, (H, W), negative outside of the box (4,), and return them."""
    height, width = logits.shape
    left, top, right, bottom = np.round(corners * (width, height, width, height)).astype(int)
    outside = np.ones(logits.shape, bool)
    outside[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = False
    logits[outside] = -abs(logits[outside])
    return logits
