"""The image header: open an image file and check its format and size before any pixel is decoded."""

import time
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, cast

from PIL import Image, UnidentifiedImageError

from edge_ml.image_error import ImageError
from edge_ml.pictures.decompression.memory_limit import memory_limit
from edge_ml.pictures.formats.pixel_budget import check_jpeg, check_pixel_budget
from edge_ml.pictures.formats.signatures import PLUGINS, detect_format

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile
    from PIL.TiffImagePlugin import TiffImageFile

READ_SECONDS = 10
LARGE_BYTES = 1_000_000
"""The longest time in which Pillow may read a large file: it visits each of perhaps millions of parts in Python."""


class _TimedFile(BytesIO):
    """A file that raises ImageError if it is read after `READ_SECONDS`."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._until = time.monotonic() + READ_SECONDS

    def read(self, size: int | None = -1, /) -> bytes:
        """See BytesIO."""
        if time.monotonic() > self._until:
            detail = f"The image cannot be read within {READ_SECONDS} s."
            raise ImageError("too_slow", detail, retryable=True)
        return super().read(size)


def open_image(data: bytes) -> "ImageFile":
    """Return the image, its pixels not yet decoded; raises ImageError, or Pillow's exceptions where it is damaged."""
    name = detect_format(data)
    if name is None:
        raise ImageError("not_an_image", "The file does not begin like any known image format.")
    if name not in PLUGINS:
        raise ImageError("unsupported_format", f"{name} is not supported; send one of {', '.join(PLUGINS)}.")
    if name == "JPEG":
        check_jpeg(data)
    import_module(PLUGINS[name])
    image = _open_tiff(data) if name == "TIFF" else _open(data, name)
    if name == "JPEG":
        image.decodermaxblock = len(data)  # in the default blocks of 64 kB decoding takes up to 13 % longer
    check_pixel_budget(image, name)
    return image


def _open(data: bytes, name: str) -> "ImageFile":
    if name == "JPEG" or len(data) < LARGE_BYTES:  # the limits take time, and `check_jpeg` has bounded a JPEG's header
        return Image.open(BytesIO(data), formats=[name])
    with memory_limit():
        return Image.open(_TimedFile(data), formats=[name])


def _open_tiff(data: bytes) -> "ImageFile":
    from edge_ml.pictures.tiff.layout import correct, refusal  # imported here: few pictures need it

    try:
        image = _open(data, "TIFF")
    except UnidentifiedImageError:
        if (error := refusal(data)) is not None:
            raise error from None
        raise
    correct(cast("TiffImageFile", image))
    return image
