"""Masks and photographs for the tests: a red animal in front of a blue background."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_ml.training.segmentation.scenes.pairs import ANIMAL, BACKGROUND, Pair

SCENE = (96, 64)
RED, BLUE = (220, 20, 20), (20, 20, 220)


def square(left: int, top: int, side: int = 20) -> Any:
    mask = np.zeros((60, 80), bool)
    mask[top : top + side, left : left + side] = True
    return mask


def red_on_blue(size: tuple[int, int] = (80, 60)) -> Pair:
    """Return a red animal in front of a blue background."""
    photo, mask = Image.new("RGB", size, BLUE), Image.new("L", size, BACKGROUND)
    body = (size[0] // 4, size[1] // 4, 3 * size[0] // 4, 3 * size[1] // 4)
    photo.paste(RED, body)
    mask.paste(ANIMAL, body)
    return Pair(photo, mask)


def redness(photo: Image.Image) -> Any:
    return np.asarray(photo)[..., 0] > 150


def stock() -> Any:
    pytest.importorskip("torch")
    from edge_ml.training.segmentation.scenes.scenes import Stock

    empty = Pair(Image.new("RGB", (80, 60), (90, 160, 90)), Image.new("L", (80, 60), BACKGROUND))
    return Stock([red_on_blue()], [red_on_blue()], [red_on_blue()], [empty])


def network() -> Any:
    torch = pytest.importorskip("torch")
    from edge_ml.training.mobilenet_v2 import MobileNetV2
    from edge_ml.training.segmentation.network import Segmenter

    torch.manual_seed(1)
    torch.set_num_threads(1)
    return Segmenter(MobileNetV2(), 2)
