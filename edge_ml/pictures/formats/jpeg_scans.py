"""The scans of a progressive JPEG, and the segments between them (ITU-T T.81, Annex G)."""

from collections.abc import Iterator
from typing import NamedTuple

from edge_ml.pictures.formats.jpeg_frame import MARKER, JPEGFrame, number

START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
_MAX_SEGMENTS = 1000
"""The most segments from the first scan on. Files have about three for each of their ten scans."""


class UnusualScansError(Exception):
    """The file is damaged, or its scans are not those of Annex G."""


class Segment(NamedTuple):
    """A segment by its code, from `start` to `end` in the file; a scan includes the coefficients after its header."""

    code: int
    start: int
    header_end: int
    end: int


class Scan(NamedTuple):
    """The header of a scan: its components, its first and last coefficient, and the low bits missing before and after.

    The coefficient 0 is the mean of a block.
    """

    components: bytes
    first: int
    last: int
    before: int
    after: int


def segments(data: bytes, frame: JPEGFrame) -> Iterator[Segment]:
    """Yield the segments from the first scan to the end of the image, or of the file; raises UnusualScansError."""
    position = frame.first_scan - 2
    for _ in range(_MAX_SEGMENTS):
        if position >= len(data):
            return
        if not MARKER.match(data, position):
            raise UnusualScansError
        code, header_end = data[position + 1], position + 2
        if code != END_OF_IMAGE:
            header_end += number(data, header_end)
        end = _scan_end(data, header_end) if code == START_OF_SCAN else header_end
        yield Segment(code, position, header_end, end)
        if code == END_OF_IMAGE:
            return
        position = end
    raise UnusualScansError


def scan_of(data: bytes, segment: Segment) -> Scan:
    """Return the header of the scan in that segment; raises UnusualScansError."""
    header = data[segment.start + 4 : segment.header_end]
    count = header[0] if header else 0
    if not 0 < count <= 4 or len(header) != 4 + 2 * count:
        raise UnusualScansError
    first, last, approximation = header[-3:]
    if not first <= last < 64 or (first and count > 1):
        raise UnusualScansError
    return Scan(header[1:-3:2], first, last, *divmod(approximation, 16))


def has_all_bits(data: bytes, frame: JPEGFrame) -> bool:
    """Return whether the scans of a progressive JPEG, with or without an end, have every bit of every coefficient."""
    exact: set[tuple[int, int]] = set()
    try:
        for segment in segments(data, frame):
            if segment.code == START_OF_SCAN:
                scan = scan_of(data, segment)
                coefficients = () if scan.after else range(scan.first, scan.last + 1)
                exact |= {(component, index) for component in scan.components for index in coefficients}
    except UnusualScansError:
        return False
    return len(exact) == frame.components * 64


def _scan_end(data: bytes, position: int) -> int:
    """Return where the scan ends whose coefficients begin at `position`: at the next marker, or with the file."""
    marker = MARKER.search(data, position)
    return marker.start() if marker else len(data)
