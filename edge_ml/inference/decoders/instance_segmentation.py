"""What YOLOv8's and YOLO11's segmenting models answer: things with their boxes, each with a mask of its own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.decoders.yolo import anchored
from edge_ml.inference.masks.outline import Field, points_each
from edge_ml.inference.masks.run_length_encoding import affordable, encoded
from edge_ml.inference.masks.upright_view import View
from edge_ml.inference.session import Shapes, model_failed
from edge_ml.pictures.letterbox import Size


class Instances:
    """A mask is a sum of prototypes, weighted by what the anchor says after its scores."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self.outputs: Shapes = {bundle.output.name: [(1, None, None)], bundle.output.masks: [(1, None, None, None)]}

    def read(self, answers: list[NDArray[Any]], source: Size) -> list[dict[str, Any]]:
        """The things seen, surest first; raises ImageError."""
        columns, prototypes = answers[0][0], answers[1][0].astype(np.float32, copy=False)
        first = 4 + len(self._bundle.labels)
        if len(columns) != first + len(prototypes):
            raise model_failed(f"{len(columns)} values an anchor are not {first} and {len(prototypes)} for masks.")
        proposals = anchored(columns, len(self._bundle.labels), self._bundle.fit.size).thinned()
        placed = proposals.placed(self._bundle.fit, source)
        proposals = proposals.taken(np.isin(proposals.anchors, placed.anchors))
        view = View(self._bundle.fit, source, prototypes.shape[1:])
        each = points_each(len(placed.scores))
        fields = (
            _field(columns[first:, anchor] @ prototypes.reshape(len(prototypes), -1), corners, prototypes.shape[1:])
            for corners, anchor in zip(proposals.corners, placed.anchors, strict=True)
        )
        return affordable(
            [
                seen | {"outline": view.outline(field, each), "mask": encoded(view.upright(field > 0, False))}
                for seen, field in zip(placed.to_dicts(self._bundle.labels), fields, strict=True)
            ]
        )


def _field(values: Field, corners: NDArray[np.float64], shape: tuple[int, int]) -> Field:
    """The mask's logits, below zero outside of the box."""
    height, width = shape
    field = values.reshape(shape)
    left, top, right, bottom = np.round(corners * (width, height, width, height)).astype(int)
    outside = np.ones(shape, bool)
    outside[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = False
    field[outside] = -abs(field[outside])
    return field
