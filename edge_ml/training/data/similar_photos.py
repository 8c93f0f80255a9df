"""Photographs that show the same thing, such as several shots of one leaf, found by how alike the teacher sees them."""

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.86
"""Cosine of the teacher's features; by eye, lab leaves above 0.87 are one leaf and below 0.86 hardly ever."""
MOST = 8


def groups(features: NDArray[np.floating], alike: float = ALIKE, most: int = MOST) -> list[int]:
    """A group number for each row: the most alike pairs are joined first, to groups of at most `most`."""
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    cosines = np.triu(unit @ unit.T, 1)
    group = np.arange(len(features))
    firsts, seconds = np.nonzero(cosines > alike)
    for pair in np.argsort(-cosines[firsts, seconds], kind="stable"):
        one, other = group[firsts[pair]], group[seconds[pair]]
        if one != other and np.isin(group, (one, other)).sum() <= most:
            group[group == other] = one
    return [int(number) for number in group]
