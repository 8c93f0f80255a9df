"""The frame of a JPEG as libjpeg reads it: its size, its components, and the scans of its pixels.

ITU-T T.81, Annex B, has the markers: https://www.w3.org/Graphics/JPEG/itu-t81.pdf
"""

import re
from typing import NamedTuple

from edge_ml.image_error import ImageError
from edge_ml.pictures.size import Size

MAX_SEGMENTS = 2000
MAX_STRAY_BYTES = 65_536
"""The most segments before the pixels, and bytes between them: Pillow keeps segments, and reads stray bytes singly.

A color profile has up to 255 segments.
"""

MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])", re.DOTALL)
"""A marker that ends a scan or begins a segment: no stuffed byte, no restart marker, no fill byte."""

_START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = 0xD8, 0xD9, 0xDA
_FIRST_SEGMENT = 0xC0
"""libjpeg skips lower markers within a scan that has restart markers."""

_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA}
_PROGRESSIVE = {0xC2, 0xCA}
_SEGMENTS = {*_FRAMES, 0xC4, 0xCC, 0xDB, 0xDC, 0xDD, *range(0xE0, 0xF0), 0xFE}
"""The segments that libjpeg reads or skips. It refuses a file with any other before the pixels."""


class JPEGFrame(NamedTuple):
    """A JPEG's (width, height) and number of components; in the file its segment is at `start`, its scans follow.

    The marker of the first scan ends at `first_scan`.

    libjpeg holds the coefficients of all pixels of a JPEG with `several_scans`: a progressive one, and one whose first
    scan has fewer components than the frame.
    """

    size: Size
    components: int
    progressive: bool
    several_scans: bool
    start: int
    first_scan: int


def jpeg_frame(data: bytes) -> JPEGFrame:
    """Return the frame of a JPEG file; raises ImageError where there is no scan behind a header of usual length."""
    frame, position, stray = -1, 2, 0
    for _ in range(MAX_SEGMENTS):
        marker = MARKER.search(data, position)
        if marker is None:
            break
        code, start = data[marker.end() - 1], marker.end()
        stray += marker.start() - position
        if code == _START_OF_SCAN and frame > 0:
            return _frame(data, frame, start)
        if code not in _SEGMENTS or stray > MAX_STRAY_BYTES:
            break
        frame = start if code in _FRAMES else frame
        position = start + max(number(data, start), 2)
    raise ImageError("damaged_image", "The image's header cannot be read.")


def has_more_scans(data: bytes, frame: JPEGFrame, most: int) -> bool:
    """Return whether the file has more scans than `most`. Bytes after the end of the image are no scans."""
    if not frame.several_scans or data.count(bytes((0xFF, _START_OF_SCAN)), frame.first_scan) < most:
        return False
    scans, position = 1, frame.first_scan
    while scans <= most and (marker := MARKER.search(data, position)):
        code, start = data[marker.end() - 1], marker.end()
        if code in (_START_OF_IMAGE, _END_OF_IMAGE):
            return False
        scans += code == _START_OF_SCAN
        position = start + (max(number(data, start), 2) if code >= _FIRST_SEGMENT else 0)
    return scans > most


def _frame(data: bytes, start: int, first_scan: int) -> JPEGFrame:
    """Return the frame whose segment begins at `start`."""
    components, in_scan = (int.from_bytes(data[place : place + 1], "big") for place in (start + 7, first_scan + 2))
    progressive = data[start - 1] in _PROGRESSIVE
    size = (number(data, start + 5), number(data, start + 3))
    return JPEGFrame(size, components, progressive, progressive or in_scan < components, start, first_scan)


def number(data: bytes | bytearray, start: int) -> int:
    """Return the number of two bytes that begins at `start`."""
    return int.from_bytes(data[start : start + 2], "big")
