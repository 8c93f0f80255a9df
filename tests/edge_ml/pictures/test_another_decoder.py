"""Every accepted format and layout looks as OpenCV, another decoder, shows it: 2 of 255 apart on average, at most."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from edge_ml.pictures.decode import decode
from edge_ml.pictures.letterbox import Fit
from edge_ml.pictures.upright import upright
from tests.edge_ml import samples
from tests.edge_ml.pictures.decoding import photo

Pixels = NDArray[Any]

WIDTH, HEIGHT = 208, 152
PHOTO = photo((WIDTH, HEIGHT))
LARGE = photo((WIDTH * 8, HEIGHT * 8))


def alpha() -> Image.Image:
    image = PHOTO.convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(PHOTO.size))
    return image


def deep(channels: int) -> Pixels:
    """Return the picture with 16 bits, of which the low ones matter little."""
    values = np.dstack([np.asarray(PHOTO), np.asarray(alpha())[:, :, 3]]) if channels == 4 else np.asarray(PHOTO)
    return (np.asarray(PHOTO.convert("L")) if channels == 1 else values).astype(np.uint16) * 257


def by_opencv(extension: str, pixels: Pixels, *options: int) -> bytes:
    ok, data = cv2.imencode(extension, pixels, options)
    assert ok
    return data.tobytes()


def jpegs() -> dict[str, bytes]:
    """Return a JPEG of every layout, by its name."""
    layouts: dict[str, dict[str, Any]] = {
        "444": {"subsampling": 0},
        "422": {"subsampling": 1},
        "420": {"subsampling": 2},
        "progressive": {"progressive": True},
        "with restarts": {"restart_marker_blocks": 4},
    }
    return {
        "jpeg keeping RGB": samples.encoded(PHOTO, "JPEG", quality=92, keep_rgb=True),
        **{
            f"jpeg {mode} {name}": samples.encoded(PHOTO.convert(mode), "JPEG", quality=92, **options)
            for mode in ("L", "RGB", "CMYK")
            for name, options in layouts.items()
        },
    }


def files() -> dict[str, bytes]:
    """Return a file of every layout, by its name."""
    rgb, gray, palette, encoded = PHOTO, PHOTO.convert("L"), PHOTO.quantize(200), samples.encoded
    return {
        **jpegs(),
        **{f"png {mode}": encoded(rgb.convert(mode)) for mode in ("1", "L", "RGB")},
        **{f"png {name}": encoded(image) for name, image in {"palette": palette, "alpha": alpha()}.items()},
        "png gray and alpha": encoded(alpha().convert("LA")),
        "png palette of 4 bits": encoded(rgb.quantize(16), bits=4),
        **{f"png {channels} × 16": by_opencv(".png", deep(channels)) for channels in (1, 3, 4)},
        "gif": encoded(palette, "GIF"),
        "webp": encoded(rgb, "WEBP", quality=95),
        "webp lossless": encoded(rgb, "WEBP", lossless=True),
        "webp with alpha": encoded(alpha(), "WEBP", lossless=True),
        **{f"bmp {mode}": encoded(rgb.convert(mode), "BMP") for mode in ("1", "L", "RGB")},
        "bmp palette": encoded(palette, "BMP"),
        "bmp with alpha": encoded(alpha(), "BMP"),
        **{f"tiff {mode}": encoded(rgb.convert(mode), "TIFF") for mode in ("1", "L", "RGB")},
        **{
            f"tiff {compression}": encoded(rgb, "TIFF", compression=compression)
            for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
        },
        "tiff palette": encoded(palette, "TIFF"),
        **{f"tiff {channels} × 16": by_opencv(".tiff", deep(channels)) for channels in (1, 3)},
        "avif": encoded(rgb, "AVIF", quality=95),
        "avif gray": encoded(gray, "AVIF", quality=95),
    }


FILES = files()


def opencv(data: bytes) -> Pixels:
    """Return what OpenCV decodes, (H, W, 3) 0–255 as RGB, transparent parts on white."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image is not None
    values = np.atleast_3d(image).astype(np.float64) / (257 if image.dtype == np.uint16 else 1)
    if values.shape[2] in (2, 4):
        share = values[:, :, -1:] / 255
        values = values[:, :, :-1] * share + 255 * (1 - share)
    return np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values[:, :, ::-1]


@pytest.mark.parametrize("name", FILES)
def test_a_picture_looks_as_another_decoder_shows_it(name: str) -> None:
    data = FILES[name]
    expected = opencv(data)
    found = decode(data, Fit((WIDTH, HEIGHT), "stretch")).pixels
    assert np.abs(found - expected).mean() <= 2
    assert np.abs(np.asarray(upright(data, max_side=WIDTH), np.float64) - expected).mean() <= 2


@pytest.mark.parametrize("side", [64, 152])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0, "progressive": True}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_large_jpeg_looks_as_another_decoder_shows_it(mode: str, options: dict[str, Any], side: int) -> None:
    data = samples.encoded(LARGE.convert(mode), "JPEG", quality=92, **options)
    whole = Image.fromarray(opencv(data).astype(np.uint8))
    expected = np.asarray(whole.resize((side, side), Image.Resampling.BILINEAR), np.float64)
    assert np.abs(decode(data, Fit((side, side), "stretch", 1.5)).pixels - expected).mean() <= 2


def test_an_heic_looks_as_before_it_was_encoded() -> None:
    """OpenCV has no decoder for it. The colors are subsampled, so these are soft."""
    soft = PHOTO.filter(ImageFilter.GaussianBlur(4))
    found = decode(samples.encoded(soft, "HEIF", quality=95), Fit((WIDTH, HEIGHT), "stretch")).pixels
    assert np.abs(found - np.asarray(soft, np.float64)).mean() <= 2
