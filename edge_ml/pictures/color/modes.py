"""Convert Pillow's pixel modes to RGB: before the resize where averages need it, else after it, which is cheaper."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_RESIZABLE = ("L", "RGB", "RGBa", "La", "RGBX")
_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
_STRIP = 256


def to_resizable(image: Image.Image) -> Image.Image:
    """Return the picture in a mode whose values may be averaged, as a resize does."""
    if image.mode in _DEEP:
        return _to_8_bits(image)
    if image.has_transparency_data and image.mode not in ("RGBa", "La"):
        return _premultiply(image)
    return image if image.mode in _RESIZABLE else image.convert("RGB")


def to_rgb(image: Image.Image) -> Image.Image:
    """Return the picture in RGB, transparent parts on white."""
    if image.mode in ("RGBA", "RGBa", "LA", "La"):
        image = image.convert({"RGBa": "RGBA", "La": "LA"}.get(image.mode, image.mode)).convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _premultiply(image: Image.Image) -> Image.Image:
    """Weight colors by their alpha, so that hidden colors do not enter averages.

    Strip by strip: memory then holds the picture twice and not three times.
    """
    canvas = Image.new("RGBa", image.size)
    for top, strip in _strips(image):
        canvas.paste(strip.convert("RGBA").convert("RGBa"), (0, top))
    return canvas


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Scale 16 bits to 8, and other deep values by their own range. Pillow's conversion would clip all above 255.

    Strip by strip: as floats the whole picture would take four times its memory. `info` may have the value of `white`,
    and say that the values are `inverted`.
    """
    deep = image.mode.startswith("I;16")
    low, high = (0.0, float(image.info.get("white", 65535))) if deep else _value_range(image)
    if image.info.get("inverted"):
        low, high = high, low
    gray = Image.new("L", image.size)
    for top, values in _deep_strips(image):
        values -= low
        values *= 255 / ((high - low) or 1)
        gray.paste(Image.fromarray(values.clip(0, 255).astype(np.uint8)), (0, top))
    return gray


def _value_range(image: Image.Image) -> tuple[float, float]:
    ranges = [(values.min(), values.max()) for _, values in _deep_strips(image)]
    return float(min(low for low, _ in ranges)), float(max(high for _, high in ranges))


def _deep_strips(image: Image.Image) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield each strip's top and its values, (H, W) float32, with NaN as 0."""
    return ((top, np.nan_to_num(np.asarray(strip, dtype=np.float32))) for top, strip in _strips(image))


def _strips(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Yield each strip's top in pixels, and the strip."""
    for top in range(0, image.height, _STRIP):
        yield top, image.crop((0, top, image.width, min(top + _STRIP, image.height)))
