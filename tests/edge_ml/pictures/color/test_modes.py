"""Every pixel mode becomes RGB."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from edge_ml.pictures.decode import decode
from tests.edge_ml import samples
from tests.edge_ml.pictures.decoding import SQUARE, mean_color


@pytest.mark.parametrize(
    ("mode", "value", "seen"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 90, (90, 90, 90)),
        ("LA", (90, 255), (90, 90, 90)),
        ("RGBA", (255, 0, 0, 255), (255, 0, 0)),
        ("RGBA", (255, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (0, 0, 0, 128), (127, 127, 127)),
        ("I;16", 65535, (255, 255, 255)),
        ("I;16", 32768, (127, 127, 127)),
    ],
)
def test_every_mode_of_a_png_becomes_rgb(mode: str, value: Any, seen: tuple[int, ...]) -> None:
    assert mean_color(samples.encoded(Image.new(mode, (40, 40), value))) == seen


def test_a_palette_keeps_its_colors_and_lets_white_through() -> None:
    image = samples.picture("red").quantize(4)
    assert mean_color(samples.encoded(image)) == pytest.approx((255, 0, 0), abs=2)
    assert mean_color(samples.encoded(image, transparency=image.getpixel((0, 0)))) == (255, 255, 255)


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("CMYK", "TIFF"), ("LAB", "TIFF"), ("YCbCr", "TIFF")])
def test_other_color_spaces_become_rgb(mode: str, kind: str) -> None:
    red = samples.picture((220, 30, 40))
    image = _lab(red) if mode == "LAB" else red.convert(mode)
    assert mean_color(samples.encoded(image, kind)) == pytest.approx((220, 30, 40), abs=6)


def _lab(image: Image.Image) -> Image.Image:
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    converted = ImageCms.profileToProfile(image, *profiles, outputMode="LAB")
    assert converted
    return converted


@pytest.mark.parametrize("mode", ["I", "F"])
def test_deep_values_use_their_own_range(mode: str) -> None:
    values = np.linspace(-1000, 100_000, 64 * 64).reshape(64, 64)
    image = Image.fromarray(values.astype(np.int32 if mode == "I" else np.float32))
    pixels = decode(samples.encoded(image, "TIFF"), SQUARE).pixels
    assert [int(pixels.min()), int(pixels.max())] == pytest.approx([2, 252], abs=3)


def test_values_that_are_no_numbers_are_no_obstacle() -> None:
    values = np.full((8, 8), np.nan, np.float32)
    assert mean_color(samples.encoded(Image.fromarray(values), "TIFF")) == (0, 0, 0)
