"""Boxes that a model proposes: each thing's best one kept, and placed on the upright picture."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_ml.pictures.letterbox import Fit, Size

FLOOR = 0.05
MOST_BOXES = 100
_OVERLAP = 0.45
_MOST_PROPOSALS = 3000


class Boxes(NamedTuple):
    """Proposals: [n, 4] left, top, right, bottom; [n] places of their labels; [n] scores; [n] places in the output."""

    corners: NDArray[np.float64]
    labels: NDArray[np.intp]
    scores: NDArray[np.float64]
    anchors: NDArray[np.intp]

    def taken(self, which: Any) -> "Boxes":
        """These of them."""
        return Boxes(*(column[which] for column in self))

    def thinned(self) -> "Boxes":
        """Best first, without those that overlap a better one of their label (non-maximum suppression)."""
        best = self.taken(np.argsort(-self.scores, kind="stable")[:_MOST_PROPOSALS])
        apart = best.corners + 4.0 * best.labels[:, None]  # labels never meet: corners lie within −1 to 2
        left, kept = np.arange(len(apart)), list[int]()
        while left.size and len(kept) < MOST_BOXES:
            kept.append(int(left[0]))
            left = left[1:][_overlaps(apart[left[0]], apart[left[1:]]) <= _OVERLAP]
        return best.taken(np.array(kept, np.intp))

    def placed(self, fit: Fit, source: Size) -> "Boxes":
        """From fractions of the input to those of the upright picture; what lies outside of it is gone."""
        left, top, width, height = fit.window(source)
        corners = self.corners * (width, height, width, height) + (left, top, left, top)
        inside = corners.clip(0, 1)
        seen = (inside[:, 2:] > inside[:, :2]).all(1)
        return self._replace(corners=inside).taken(seen)

    def to_dicts(self, labels: tuple[str, ...]) -> list[dict[str, Any]]:
        """The JSON form of each."""
        return [
            {"label": labels[label], "confidence": round(float(score), 6), "box": box(*map(float, corners))}
            for corners, label, score, _ in zip(*self, strict=True)
        ]


def box(left: float, top: float, right: float, bottom: float) -> dict[str, float]:
    """A box as answers hold it."""
    sides = {"left": left, "top": top, "width": right - left, "height": bottom - top}
    return {side: round(fraction, 5) for side, fraction in sides.items()}


def _overlaps(one: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union."""
    shared = np.minimum(one[2:], others[:, 2:]) - np.maximum(one[:2], others[:, :2])
    both = shared.clip(0).prod(1)
    either = (one[2:] - one[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(1) - both
    return np.asarray(both / np.maximum(either, 1e-12))
