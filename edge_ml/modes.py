"""Every pixel mode Pillow has, brought to RGB: before the resize where it must be, after it where that is cheaper."""

import numpy as np
from PIL import Image

_RESIZABLE = ("L", "RGB", "RGBA", "RGBa", "LA", "La", "RGBX", "CMYK")
_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")


def resizable(image: Image.Image) -> Image.Image:
    """The picture in a mode whose values may be averaged."""
    if image.mode in _DEEP:
        return _shallow(image)
    if image.has_transparency_data and image.mode not in ("RGBA", "RGBa", "LA", "La"):
        return image.convert("RGBA")
    return image if image.mode in _RESIZABLE else image.convert("RGB")


def rgb(image: Image.Image) -> Image.Image:
    """The picture in RGB; what it lets through is white, as on a page."""
    if image.mode in ("RGBA", "RGBa", "LA", "La"):
        image = image.convert({"RGBa": "RGBA", "La": "LA"}.get(image.mode, image.mode)).convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _shallow(image: Image.Image) -> Image.Image:
    """16 bits to 8; other deep values by their own range. Pillow's conversion would turn all above 255 white."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    low, high = (0.0, 65535.0) if image.mode.startswith("I;16") else (float(values.min()), float(values.max()))
    values -= low
    values *= 255 / ((high - low) or 1)
    return Image.fromarray(values.astype(np.uint8))
