"""What the YOLO family answers: YOLOX undecoded, YOLOv8 and YOLO11 decoded, both before thinning."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.boxes.proposals import FLOOR, Boxes
from edge_ml.inference.decoders.classification import probabilities
from edge_ml.inference.session import Shapes
from edge_ml.pictures.letterbox import Size

_STRIDES = (8, 16, 32)
_LARGEST = 16.0
"""A side of exp(16) cells is larger than any picture, and its square is still a number."""

Answer = NDArray[Any]


class YoloX:
    """Reads the answers of YOLOX: for each cell of three grids, offset, log sides, objectness, score of each label."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self._cells, self._strides = _grids(bundle.fit.size)
        self.outputs: Shapes = {bundle.output.name: [(1, len(self._cells), 5 + len(bundle.labels))]}

    def read(self, answers: list[Answer], source: Size) -> list[dict[str, Any]]:
        """The things seen, surest first; raises ImageError."""
        return self._proposed(answers[0][0]).thinned().placed(self._bundle.fit, source).to_dicts(self._bundle.labels)

    def _proposed(self, rows: Answer) -> Boxes:
        likely = np.flatnonzero(probabilities(rows[:, 4]) >= FLOOR)
        rows, cells, strides = rows[likely].astype(np.float64), self._cells[likely], self._strides[likely]
        centres = (rows[:, :2] + cells) * strides
        sides = np.exp(np.minimum(rows[:, 2:4], _LARGEST)) * strides
        return proposed(centres, sides, rows[:, 4:5] * probabilities(rows[:, 5:]), likely, self._bundle.fit.size)


class YoloV8:
    """Reads the answers of YOLOv8 and YOLO11: for each anchor, centre, sides, a score of each label."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self.outputs: Shapes = {bundle.output.name: [(1, 4 + len(bundle.labels), None)]}

    def read(self, answers: list[Answer], source: Size) -> list[dict[str, Any]]:
        """The things seen, surest first; raises ImageError."""
        boxes = anchored(answers[0][0], len(self._bundle.labels), self._bundle.fit.size)
        return boxes.thinned().placed(self._bundle.fit, source).to_dicts(self._bundle.labels)


def anchored(columns: Answer, labels: int, size: Size) -> Boxes:
    """The proposals in an answer of YOLOv8, [4 + labels + …, A]; raises ImageError."""
    scores = columns[4 : 4 + labels]
    likely = np.flatnonzero(probabilities(scores).max(0) >= FLOOR)
    rows = columns[: 4 + labels, likely].T.astype(np.float64)
    return proposed(rows[:, :2], rows[:, 2:4], rows[:, 4:], likely, size)


def proposed(centres: Answer, sides: Answer, scores: Answer, anchors: NDArray[np.intp], size: Size) -> Boxes:
    """Proposals from centres and sides in pixels of the input, each under its surest label."""
    corners = np.hstack([centres - sides / 2, centres + sides / 2]) / (*size, *size)
    labels = scores.argmax(1)
    surest = scores[np.arange(len(scores)), labels].clip(0, 1)
    return Boxes(corners.clip(-1, 2), labels, surest, anchors).taken(surest >= FLOOR)


def _grids(size: Size) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The corner of each cell, in cells, and its stride: row by row, the finest grid first."""
    cells, strides = [], []
    for stride in _STRIDES:
        across, down = (-(-side // stride) for side in size)
        y, x = np.divmod(np.arange(across * down), across)
        cells.append(np.stack([x, y], 1))
        strides.append(np.full((across * down, 1), stride))
    return np.concatenate(cells).astype(np.float64), np.concatenate(strides).astype(np.float64)
