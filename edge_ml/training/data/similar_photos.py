"""Groups of photographs of the same object, such as several shots of one leaf, found by the teacher's features."""

import numpy as np
from numpy.typing import NDArray

MIN_COSINE = 0.86
"""Cosine of the teacher's features; by eye, lab leaves above 0.87 are shots of one leaf, below 0.86 hardly ever."""

MAX_GROUP = 8


def group_similar(
    features: NDArray[np.floating], min_cosine: float = MIN_COSINE, max_group: int = MAX_GROUP
) -> list[int]:
    """Return a group number per row of `features`, (N, 1280) float32.

    The most similar pairs are joined first, to groups of at most `max_group`.
    """
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    cosines = np.triu(unit @ unit.T, 1)
    group = np.arange(len(features))
    firsts, seconds = np.nonzero(cosines > min_cosine)
    for pair in np.argsort(-cosines[firsts, seconds], kind="stable"):
        first, second = group[firsts[pair]], group[seconds[pair]]
        if first != second and np.isin(group, (first, second)).sum() <= max_group:
            group[group == second] = first
    return [int(number) for number in group]
