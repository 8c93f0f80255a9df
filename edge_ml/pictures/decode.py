"""Decode an image file to the upright RGB pixels of a model's input, with no more work than these need."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_ml.pictures.color.modes import to_resizable, to_rgb
from edge_ml.pictures.decompression.decoder_errors import decoder_errors_translated
from edge_ml.pictures.exif_orientation import apply_orientation, exif_orientation, swaps_sides
from edge_ml.pictures.letterbox import Fit
from edge_ml.pictures.pixels import decoded
from edge_ml.pictures.size import Size

_PADDING = (114, 114, 114)


class Picture(NamedTuple):
    """RGB pixels of the model's input size, (H, W, 3) uint8, 0–255; and the upright original's (width, height)."""

    pixels: NDArray[np.uint8]
    size: Size


def decode(data: bytes, fit: Fit) -> Picture:
    """Return the first frame of the image file `data`, resized as `fit` says; raises ImageError."""
    with decoder_errors_translated():
        return _fitted(*decoded(data, lambda _: fit.least_decoded), fit)


def _fitted(image: Image.Image, size: Size, fit: Fit) -> Picture:
    """Return the decoded picture, `size` being that of the original, upright and in the size of the input."""
    width, height = size
    orientation = exif_orientation(image)
    swapped = swaps_sides(orientation)
    image = to_resizable(image)  # rebinding frees the decoder's memory where a copy was made
    resized = _resize(image, fit.transposed() if swapped else fit)
    size = (height, width) if swapped else (width, height)
    return Picture(np.asarray(_pad(apply_orientation(resized, orientation), fit, size)), size)


def _resize(image: Image.Image, fit: Fit) -> Image.Image:
    crop, inner = fit.crop(image.size), fit.inner_size(image.size)
    return to_rgb(image.resize(inner, Image.Resampling.BILINEAR, box=crop, reducing_gap=3.0))


def _pad(image: Image.Image, fit: Fit, source: Size) -> Image.Image:
    """Add the gray padding of a letterbox."""
    if image.size == fit.size:
        return image
    canvas = Image.new("RGB", fit.size, _PADDING)
    canvas.paste(image, fit.offset(source))
    return canvas
