"""From an image file's bytes to the few upright RGB pixels a model looks at, with no more work than they need."""

import struct
import zlib
from importlib import import_module
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from edge_ml.fit import Fit, Size
from edge_ml.formats import PLUGINS, format_of
from edge_ml.image_error import ImageError
from edge_ml.modes import resizable, rgb

MOST_PIXELS = 50_000_000
_MOST_SCANS = 100
_GREY = (114, 114, 114)
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)
_DAMAGE = (OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, AttributeError, EOFError,
           RuntimeError, struct.error, zlib.error)  # fmt: skip
"""What Pillow is known to raise on damaged files; it has no exception of its own for them."""


class Picture(NamedTuple):
    """uint8 RGB [height, width, 3] of the model's input size, and the upright original's (width, height)."""

    pixels: NDArray[np.uint8]
    size: Size


def decode(data: bytes, fit: Fit) -> Picture:
    """The picture in these bytes, first frame only; raises ImageError with a code that says what is wrong with it."""
    try:
        return _picture(_opened(data), fit)
    except UnidentifiedImageError:
        raise ImageError("damaged_image", "The image's header cannot be read.") from None
    except _BOMB:
        raise ImageError("too_many_pixels", "The image does not fit into memory.") from None
    except _DAMAGE as error:
        raise ImageError("damaged_image", f"The image is damaged: {error}.") from error


def _opened(data: bytes) -> Image.Image:
    name = format_of(data)
    if name is None:
        raise ImageError("not_an_image", "The file does not begin like any known image format.")
    if name not in PLUGINS:
        raise ImageError("unsupported_format", f"{name} is not decoded; send one of {', '.join(PLUGINS)}.")
    import_module(PLUGINS[name])
    image = Image.open(BytesIO(data), formats=[name])
    _judge(image, data)
    return image


def _judge(image: Image.Image, data: bytes) -> None:
    """Refuse by the header alone what would take too much memory or time to decode."""
    if image.width * image.height > MOST_PIXELS:
        raise ImageError(
            "too_many_pixels",
            f"{image.width} × {image.height} pixels are more than {MOST_PIXELS // 1_000_000} million.",
        )
    if "progressive" in image.info and data.count(b"\xff\xda") > _MOST_SCANS:
        raise ImageError("damaged_image", f"The JPEG has more than {_MOST_SCANS} scans; cameras write about ten.")


def _picture(image: Image.Image, fit: Fit) -> Picture:
    width, height = image.size
    image.draft(None, (2 * max(fit.size), 2 * max(fit.size)))  # libjpeg then skips the detail nobody will see
    image.load()
    orientation = _orientation(image)
    lying = orientation >= 5
    small = _resized(resizable(image), fit.turned() if lying else fit)
    upright = small.transpose(_UPRIGHT[orientation]) if orientation > 1 else small
    size = (height, width) if lying else (width, height)
    return Picture(np.asarray(_padded(upright, fit, size)), size)


def _orientation(image: Image.Image) -> int:
    """1–8; damaged EXIF is no reason to refuse a picture. After `load`: PNG may keep its EXIF behind the pixels."""
    try:
        value = image.getexif().get(_ORIENTATION)
    except _DAMAGE:
        return 1
    return value if value in _UPRIGHT else 1


def _resized(image: Image.Image, fit: Fit) -> Image.Image:
    box, inner = fit.box(image.size), fit.inner(image.size)
    return rgb(image.resize(inner, Image.Resampling.BILINEAR, box=box, reducing_gap=3.0))


def _padded(image: Image.Image, fit: Fit, source: Size) -> Image.Image:
    if image.size == fit.size:
        return image
    canvas = Image.new("RGB", fit.size, _GREY)
    canvas.paste(image, fit.corner(source))
    return canvas
