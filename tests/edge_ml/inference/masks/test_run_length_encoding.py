"""The encoding of masks, compared with pycocotools, which defines it."""

import numpy as np
import pytest
from pycocotools import mask as coco

from edge_ml.inference.masks.run_length_encoding import drop_masks_over_budget, encode_mask
from edge_ml.protocol import Detection

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("share", [0, 0.02, 0.5, 0.97, 1])
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (7, 3), (257, 257), (600, 2)])
def test_masks_are_encoded_as_pycocotools_encodes_them(size: tuple[int, int], share: float) -> None:
    mask = RANDOM.random(size) < share
    expected = coco.encode(np.asfortranarray(mask, np.uint8))
    assert encode_mask(mask) == {"size": list(size), "counts": expected["counts"].decode()}


def test_long_runs_are_encoded_too() -> None:
    mask = np.zeros((2000, 2000), bool)
    mask[:, 900:1500] = mask[17, 30] = True
    assert encode_mask(mask)["counts"] == coco.encode(np.asfortranarray(mask, np.uint8))["counts"].decode()


def test_four_pixels_in_the_middle_of_sixteen() -> None:
    square = np.zeros((4, 4), bool)
    square[1:3, 1:3] = True
    assert encode_mask(square) == {"size": [4, 4], "counts": "52203"}


def test_only_the_first_masks_are_kept_when_all_would_not_fit_into_a_row() -> None:
    noise: list[Detection] = [
        {"label": str(n), "confidence": 0.9, "mask": encode_mask(RANDOM.random((200, 200)) < 0.5)} for n in range(9)
    ]
    kept = ["mask" in seen for seen in drop_masks_over_budget(noise)]
    assert kept[0]
    assert not kept[-1]
    assert kept == sorted(kept, reverse=True)
