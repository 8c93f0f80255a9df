"""The upright size of a picture, read from its first bytes: Rekognition returns boxes in fractions and no size."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

HEAD_BYTES = 131_072
"""Enough for the header of nearly every picture: cameras write metadata in segments of at most 64 kB before it."""

_FRAMES = {0xC0 + kind for kind in range(16)} - {0xC4, 0xC8, 0xCC}
_SIDEWAYS = (5, 6, 7, 8)
_ORIENTATION = 0x0112

Size = tuple[int, int]
"""Width and height."""


class Segment(NamedTuple):
    """A segment of a JPEG file."""

    marker: int
    content: bytes


def upright_size(head: bytes) -> Size | None:
    """Return the upright width and height of a JPEG or PNG in pixels; None if these bytes do not contain them."""
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
            return struct.unpack(">II", head[16:24])
        return _jpeg_size(head) if head.startswith(b"\xff\xd8") else None
    except (IndexError, struct.error):
        return None


def _jpeg_size(head: bytes) -> Size | None:
    sideways = False
    for marker, content in _segments(head):
        if marker == 0xE1 and content.startswith(b"Exif\0\0"):
            sideways = _exif_orientation(content[6:]) in _SIDEWAYS
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[1:5])
            return (height, width) if sideways else (width, height)
    return None


def _segments(head: bytes) -> Iterator[Segment]:
    """Yield marker and content of each segment before the pixels."""
    offset = 2
    while head[offset] == 0xFF:
        if head[offset + 1] == 0xFF:  # markers may be padded
            offset += 1
            continue
        (length,) = struct.unpack(">H", head[offset + 2 : offset + 4])
        yield Segment(head[offset + 1], head[offset + 4 : offset + 2 + length])
        offset += 2 + length


def _exif_orientation(exif: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if not order:
        return 1
    (first,) = struct.unpack(f"{order}I", exif[4:8])
    (entries,) = struct.unpack(f"{order}H", exif[first : first + 2])
    for entry in range(entries):
        offset = first + 2 + 12 * entry
        tag, _, _, value = struct.unpack(f"{order}HHIH", exif[offset : offset + 10])
        if tag == _ORIENTATION:
            return int(value)
    return 1
