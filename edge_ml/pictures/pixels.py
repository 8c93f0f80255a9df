"""The pixels of an image file, decoded."""

from collections.abc import Callable

from PIL import Image

from edge_ml.pictures.damage.damage import is_incomplete, repaired
from edge_ml.pictures.decompression.decoder_errors import DECODER_ERRORS
from edge_ml.pictures.decompression.decompress import decompress
from edge_ml.pictures.draft import draft
from edge_ml.pictures.formats.image_header import open_image
from edge_ml.pictures.size import Size


def decoded(data: bytes, least: Callable[[Size], Size]) -> tuple[Image.Image, Size]:
    """Return the first frame of the image file `data`, and its size; raises ImageError and Pillow's exceptions.

    A JPEG may be decoded smaller, but no smaller than `least` returns for its size.
    """
    try:
        return _decoded(data, least)
    except DECODER_ERRORS as error:
        failure = error.with_traceback(None)  # the traceback would keep the pixels that were decoded
    again = repaired(data)
    if again is None:
        raise failure
    return _decoded(again, least)


def _decoded(data: bytes, least: Callable[[Size], Size]) -> tuple[Image.Image, Size]:
    image = open_image(data)
    size = image.size
    draft(image, data, least(size))
    decompress(image)
    if is_incomplete(image, data):
        raise OSError("a part of the pixels is missing")
    return image, size
