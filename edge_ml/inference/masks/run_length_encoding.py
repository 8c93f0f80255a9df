"""Masks as COCO's compressed run-length encoding, which pycocotools and most annotation tools read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_CHARACTERS = 120_000
"""Of all the masks of a picture: an answer has to fit into a row of a table, and noise does not compress."""


def affordable(detections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The detections, with the masks of the first of them only where all would take too much room."""
    left = _MOST_CHARACTERS
    for seen in detections:
        left -= len(seen["mask"]["counts"])
        if left < 0:
            del seen["mask"]
    return detections


def encoded(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """`size` [height, width] and `counts`: the runs of 0 and 1 in turn, column by column."""
    pixels = mask.ravel(order="F")
    changes = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    starts = np.concatenate([[0], changes, [pixels.size]])
    runs = np.diff(starts).tolist()
    if pixels[0]:
        runs.insert(0, 0)
    return {"size": list(mask.shape), "counts": compressed(runs)}


def compressed(runs: list[int]) -> str:
    """Each run but the first three as its difference to the one before last, five bits a character, lowest first."""
    differences = runs[:3] + [run - earlier for run, earlier in zip(runs[3:], runs[1:], strict=False)]
    return "".join(map(_characters, differences))


def _characters(number: int) -> str:
    text = ""
    while not -16 <= number < 16:
        text += chr((number & 31 | 32) + 48)
        number >>= 5
    return text + chr((number & 31) + 48)
