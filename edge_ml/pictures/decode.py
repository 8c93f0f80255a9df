"""From an image file's bytes to the few upright RGB pixels a model looks at, with no more work than they need."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_ml.pictures.color.modes import resizable, rgb
from edge_ml.pictures.decompression.decoder_errors import damage_coded
from edge_ml.pictures.exif_orientation import is_lying, orientation_of, turned_upright
from edge_ml.pictures.formats.image_header import load, opened
from edge_ml.pictures.letterbox import Fit, Size

_GREY = (114, 114, 114)


class Picture(NamedTuple):
    """uint8 RGB [height, width, 3] of the model's input size, and the upright original's (width, height)."""

    pixels: NDArray[np.uint8]
    size: Size


def decode(data: bytes, fit: Fit) -> Picture:
    """The picture in these bytes, first frame only; raises ImageError with a code that says what is wrong with it."""
    with damage_coded():
        return _picture(opened(data), fit)


def _picture(image: Image.Image, fit: Fit) -> Picture:
    width, height = image.size
    image.draft(None, (2 * max(fit.size), 2 * max(fit.size)))  # libjpeg then skips the detail nobody will see
    load(image)
    orientation = orientation_of(image)
    lying = is_lying(orientation)
    image = resizable(image)  # and the decoder, if it is done with, may go
    small = _resized(image, fit.turned() if lying else fit)
    size = (height, width) if lying else (width, height)
    return Picture(np.asarray(_padded(turned_upright(small, orientation), fit, size)), size)


def _resized(image: Image.Image, fit: Fit) -> Image.Image:
    box, inner = fit.box(image.size), fit.inner(image.size)
    return rgb(image.resize(inner, Image.Resampling.BILINEAR, box=box, reducing_gap=3.0))


def _padded(image: Image.Image, fit: Fit, source: Size) -> Image.Image:
    if image.size == fit.size:
        return image
    canvas = Image.new("RGB", fit.size, _GREY)
    canvas.paste(image, fit.corner(source))
    return canvas
