"""Anchors of YOLO detectors: the cells of three grids, and the proposals made at them."""

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_ml.inference.boxes.proposals import MIN_SCORE, Proposals
from edge_ml.pictures.size import Size

_STRIDES = (8, 16, 32)


class AnchorGrid(NamedTuple):
    """The corner of each of A cells, (A, 2) float64 in cells, and its stride, (A, 1) float64 in pixels."""

    cells: NDArray[np.float64]
    strides: NDArray[np.float64]

    @classmethod
    def of(cls, size: Size) -> "AnchorGrid":
        """Return the grids of an input of that size: row by row, the finest grid first."""
        cells, strides = [], []
        for stride in _STRIDES:
            columns, rows = _cells(size, stride)
            y, x = np.divmod(np.arange(columns * rows), columns)
            cells.append(np.stack([x, y], 1))
            strides.append(np.full((columns * rows, 1), stride))
        return cls(np.concatenate(cells).astype(np.float64), np.concatenate(strides).astype(np.float64))


def anchor_count(size: Size) -> int:
    """Return the number of cells in the grids of an input of that size."""
    return sum(prod(_cells(size, stride)) for stride in _STRIDES)


class AnchorBoxes(NamedTuple):
    """The boxes at N anchors: centers and sides (N, 2) in pixels of the input, scores (N, labels), anchors (N,)."""

    centers: NDArray[np.float64]
    sides: NDArray[np.float64]
    scores: NDArray[np.float64]
    anchors: NDArray[np.intp]

    def proposals(self, size: Size) -> Proposals:
        """Return a proposal per box, under its best label, in fractions of an input of that size.

        Boxes with a score under `MIN_SCORE` are dropped.
        """
        corners = np.hstack([self.centers - self.sides / 2, self.centers + self.sides / 2]) / (*size, *size)
        labels = self.scores.argmax(1)
        scores = self.scores[np.arange(len(self.scores)), labels].clip(0, 1)
        return Proposals(corners.clip(-1, 2), labels, scores, self.anchors).select(scores >= MIN_SCORE)


def _cells(size: Size, stride: int) -> Size:
    """Return the columns and rows of a grid; an input that is no multiple of the stride ends in cells of padding."""
    return -(-size[0] // stride), -(-size[1] // stride)
