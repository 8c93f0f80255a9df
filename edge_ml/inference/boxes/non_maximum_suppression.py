"""Non-maximum suppression: of proposals that overlap, the one with the best score is kept."""

import numpy as np
from numpy.typing import NDArray

from edge_ml.inference.boxes.proposals import Proposals

MAX_BOXES = 100
_MAX_OVERLAP = 0.45
_MAX_PROPOSALS = 3000


def non_maximum_suppression(proposals: Proposals) -> Proposals:
    """Return at most `MAX_BOXES` proposals, best first; those that overlap a better one of their label are dropped."""
    best = proposals.select(np.argsort(-proposals.scores, kind="stable")[:_MAX_PROPOSALS])
    apart = best.corners + 4.0 * best.labels[:, None]  # corners are −1 to 2, so boxes of two labels never overlap
    left, kept = np.arange(len(apart)), list[int]()
    while left.size and len(kept) < MAX_BOXES:
        kept.append(int(left[0]))
        left = left[1:][_overlaps(apart[left[0]], apart[left[1:]]) <= _MAX_OVERLAP]
    return best.select(np.array(kept, np.intp))


def _overlaps(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the intersection over union, (N,) float64, of a box (4,) with N others (N, 4)."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    intersection = sides.clip(0).prod(1)
    union = (box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(1) - intersection
    return np.asarray(intersection / np.maximum(union, 1e-12))
