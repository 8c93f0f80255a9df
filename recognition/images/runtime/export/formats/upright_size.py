"""How large a picture is, read off its first bytes: Rekognition places things in fractions and tells no size."""

import struct
from collections.abc import Iterator

HEAD_BYTES = 131_072
"""Enough for the header of nearly every picture: what a camera writes before it is cut into pieces of 64 kB."""

_FRAMES = {0xC0 + kind for kind in range(16)} - {0xC4, 0xC8, 0xCC}
_ON_ITS_SIDE = (5, 6, 7, 8)
_ORIENTATION = 0x0112

Size = tuple[int, int]


def upright_size(head: bytes) -> Size | None:
    """Width and height of a JPEG or PNG once it stands upright; None where these bytes do not tell."""
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
            return struct.unpack(">II", head[16:24])
        return _jpeg_size(head) if head.startswith(b"\xff\xd8") else None
    except (IndexError, struct.error):
        return None


def _jpeg_size(head: bytes) -> Size | None:
    turned = False
    for marker, content in _segments(head):
        if marker == 0xE1 and content.startswith(b"Exif\0\0"):
            turned = _orientation(content[6:]) in _ON_ITS_SIDE
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[1:5])
            return (height, width) if turned else (width, height)
    return None


def _segments(head: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and content of each segment up to the pixels."""
    at = 2
    while head[at] == 0xFF:
        if head[at + 1] == 0xFF:  # markers may be padded
            at += 1
            continue
        (length,) = struct.unpack(">H", head[at + 2 : at + 4])
        yield head[at + 1], head[at + 4 : at + 2 + length]
        at += 2 + length


def _orientation(exif: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if not order:
        return 1
    (first,) = struct.unpack(f"{order}I", exif[4:8])
    (entries,) = struct.unpack(f"{order}H", exif[first : first + 2])
    for entry in range(entries):
        at = first + 2 + 12 * entry
        tag, _, _, value = struct.unpack(f"{order}HHIH", exif[at : at + 10])
        if tag == _ORIENTATION:
            return int(value)
    return 1
