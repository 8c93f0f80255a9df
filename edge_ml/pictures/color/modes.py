"""Every pixel mode Pillow has, brought to RGB: before the resize where it must be, after it where that is cheaper."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_RESIZABLE = ("L", "RGB", "RGBa", "La", "RGBX")
_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
_STRIP = 256


def resizable(image: Image.Image) -> Image.Image:
    """The picture in a mode whose values may be averaged."""
    if image.mode in _DEEP:
        return _shallow(image)
    if image.has_transparency_data and image.mode not in ("RGBa", "La"):
        return _premultiplied(image)
    return image if image.mode in _RESIZABLE else image.convert("RGB")


def rgb(image: Image.Image) -> Image.Image:
    """The picture in RGB; what it lets through is white, as on a page."""
    if image.mode in ("RGBA", "RGBa", "LA", "La"):
        image = image.convert({"RGBa": "RGBA", "La": "LA"}.get(image.mode, image.mode)).convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _premultiplied(image: Image.Image) -> Image.Image:
    """What shows through has no say in the average. Strip by strip, so that the picture is held twice, not thrice."""
    canvas = Image.new("RGBa", image.size)
    for top, part in _strips(image):
        canvas.paste(part.convert("RGBA").convert("RGBa"), (0, top))
    return canvas


def _shallow(image: Image.Image) -> Image.Image:
    """16 bits to 8; other deep values by their own range. Pillow's conversion would turn all above 255 white.

    Strip by strip: as floats the whole picture would take four times its memory.
    """
    low, high = (0.0, 65535.0) if image.mode.startswith("I;16") else _range(image)
    grey = Image.new("L", image.size)
    for top, values in _deep_strips(image):
        values -= low
        values *= 255 / ((high - low) or 1)
        grey.paste(Image.fromarray(values.astype(np.uint8)), (0, top))
    return grey


def _range(image: Image.Image) -> tuple[float, float]:
    ends = [(values.min(), values.max()) for _, values in _deep_strips(image)]
    return float(min(low for low, _ in ends)), float(max(high for _, high in ends))


def _deep_strips(image: Image.Image) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """What is no number counts as none."""
    return ((top, np.nan_to_num(np.asarray(part, dtype=np.float32))) for top, part in _strips(image))


def _strips(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Each strip's top, and the strip."""
    for top in range(0, image.height, _STRIP):
        yield top, image.crop((0, top, image.width, min(top + _STRIP, image.height)))
