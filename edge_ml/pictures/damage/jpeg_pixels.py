"""The pixels of a JPEG: whether they are all there, with or without the marker of its end."""

import zlib
from io import BytesIO

from PIL import Image

from edge_ml.pictures.draft import least_scale
from edge_ml.pictures.formats.jpeg_frame import jpeg_frame
from edge_ml.pictures.formats.jpeg_scans import has_all_bits

_END, _RESTART_INTERVAL = b"\xff\xd9", b"\xff\xdd\0\4"
_ZEROS = bytes(512)
"""More zeros than pixels end in, unless the picture ends in one color."""

_NOISE = bytes((number * number + 85) % 251 for number in range(4096))
"""Bytes that a decoder takes for pixels. They have no marker."""

_STRIP, _LAST = 256, 64


def with_end(data: bytes) -> bytes | None:
    """Return a JPEG that lacks its end with one; None where pixels are missing, too. Raises Pillow's exceptions."""
    if data.endswith(_END):
        return None
    frame = jpeg_frame(data)
    complete = (not frame.progressive or has_all_bits(data, frame)) and has_all_pixels(data)
    return data + _END if complete else None


def has_all_pixels(data: bytes) -> bool:
    """Return whether a JPEG has all pixels before the marker of its end; raises Pillow's exceptions.

    Where some are missing, the decoder makes them of what follows.
    """
    pixels = _without_end(data).removesuffix(_END[:1])
    return _checksum(pixels + _END) == _checksum(pixels + _NOISE + _END)


def ends_in_zeros(data: bytes) -> bool:
    """Return whether the pixels of a JPEG end in zeros, as where a part of it was never written.

    The pixels of a picture may, too, whose last row is of one color, if there are no markers between them. Raises
    Pillow's exceptions.
    """
    if _ZEROS not in data[-len(_ZEROS) - len(_END) :] or not _without_end(data).endswith(_ZEROS):
        return False
    image = _decoded(data)
    last = image.crop((max(image.width - _LAST, 0), image.height - 1, image.width, image.height))
    return len(last.getcolors() or ()) != 1 or _RESTART_INTERVAL in data[: jpeg_frame(data).first_scan]


def _without_end(data: bytes) -> bytes:
    """Return the file up to the marker of its end; a video may follow it."""
    end = data.find(_END, jpeg_frame(data).first_scan)
    return data[:end] if end > 0 else data


def _checksum(data: bytes) -> int:
    image, checksum = _decoded(data), 0
    for top in range(0, image.height, _STRIP):
        strip = image.crop((0, top, image.width, min(top + _STRIP, image.height)))
        checksum = zlib.crc32(strip.tobytes(), checksum)
    return checksum


def _decoded(data: bytes) -> Image.Image:
    """Return a JPEG's pixels, at its full size where they fit into memory."""
    image = Image.open(BytesIO(data), formats=["JPEG"])
    scale = least_scale(image.size)
    image.draft(None, (max(image.width // scale, 1), max(image.height // scale, 1)))
    image.load()
    return image
