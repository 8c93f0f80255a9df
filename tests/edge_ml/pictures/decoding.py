"""Decode pictures in tests: their mean color, or the code of their refusal."""

import re

import numpy as np
import pytest
from PIL import Image, ImageFilter

from edge_ml.image_error import ImageError
from edge_ml.pictures.decode import decode
from edge_ml.pictures.letterbox import Fit

SQUARE = Fit((32, 32), "stretch")


def mean_color(data: bytes, fit: Fit = SQUARE) -> tuple[int, ...]:
    """Return the mean color of the model's input."""
    return tuple(int(value) for value in decode(data, fit).pixels.mean(axis=(0, 1)).round())


def photo(size: tuple[int, int]) -> Image.Image:
    """Return a deterministic picture with detail at every scale."""
    noise = np.random.default_rng(7)
    layers = [
        Image.fromarray(noise.integers(0, 256, (side, side, 3), np.uint8)).resize(size, Image.Resampling.BICUBIC)
        for side in (4, 16, 64)
    ]
    return Image.blend(Image.blend(layers[0], layers[1], 0.4), layers[2], 0.3).filter(ImageFilter.GaussianBlur(1))


def refusal_code(data: bytes) -> str:
    with pytest.raises(ImageError) as caught:
        decode(data, SQUARE)
    assert not caught.value.retryable
    assert not re.search("0x[0-9a-f]{6}", caught.value.detail)  # no memory addresses of this process
    return caught.value.code
