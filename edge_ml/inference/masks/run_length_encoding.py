"""COCO's compressed run-length encoding of masks, which pycocotools and most annotation tools read."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from edge_ml.protocol import Detection, Mask

_MAX_CHARACTERS = 120_000
"""The limit for all masks of a picture: a recognition has to fit into a table row, and noise does not compress."""


def drop_masks_over_budget(detections: "list[Detection]") -> "list[Detection]":
    """Remove masks, from the last detection backward, until the rest fit into `_MAX_CHARACTERS`."""
    left = _MAX_CHARACTERS
    for detection in detections:
        left -= len(detection["mask"]["counts"])
        if left < 0:
            del detection["mask"]
    return detections


def encode_mask(mask: NDArray[np.bool_]) -> "Mask":
    """Return the encoding of a mask (H, W): `size` [H, W], and `counts`, the runs of 0 and 1 column by column."""
    pixels = mask.ravel(order="F")
    changes = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    boundaries = np.concatenate([[0], changes, [pixels.size]])
    runs: list[int] = np.diff(boundaries).tolist()
    if pixels[0]:
        runs.insert(0, 0)
    return {"size": list(mask.shape), "counts": compress_runs(runs)}


def compress_runs(runs: list[int]) -> str:
    """Return the runs as text: from the fourth run on the difference to the run before last.

    Five bits per character, the lowest first.
    """
    differences = runs[:3] + [run - earlier for run, earlier in zip(runs[3:], runs[1:], strict=False)]
    return "".join(map(_characters, differences))


def _characters(number: int) -> str:
    text = ""
    while not -16 <= number < 16:
        text += chr((number & 31 | 32) + 48)
        number >>= 5
    return text + chr((number & 31) + 48)
