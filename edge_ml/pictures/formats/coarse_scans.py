"""The coarse scans of a progressive JPEG: what libjpeg needs to decode it at 1/8 of its size.

Of each block of 8 × 8 pixels this is the mean (the DC coefficient). Components that are subsampled by two are decoded
at 1/4, so the first bits of their details (AC coefficients) are kept.
ITU-T T.81, Annex G, has the scans of a progressive JPEG: https://www.w3.org/Graphics/JPEG/itu-t81.pdf
"""

from edge_ml.pictures.formats.jpeg_frame import MARKER, JPEGFrame, jpeg_frame, number
from edge_ml.pictures.formats.jpeg_scans import (
    END_OF_IMAGE,
    START_OF_SCAN,
    Scan,
    UnusualScansError,
    scan_of,
    segments,
)

_QUANTIZATION_TABLES = 0xDB
_KEPT = {0xC4, 0xCC, 0xDD}
"""The segments between scans that the next scans need: tables of codes, and the restart interval."""

_DROPPED = {*range(0xE0, 0xF0), 0xFE}
_UNUSED = (3, 5)
"""Two coefficients, in the order of a quantization table, that libjpeg uses neither at 1/8 nor at 1/4 of the size."""


def coarse_scans(data: bytes) -> bytes | None:
    """Return a JPEG with the coarse scans alone, to be decoded at 1/8 of its size.

    Returns None for a file that is not progressive, is damaged or incomplete, or has other scans than those of
    Annex G: such a file is decoded as a whole.
    """
    frame = jpeg_frame(data)
    if not frame.progressive:
        return None
    try:
        return b"".join((_without_smoothing(data[: frame.first_scan - 2]), *_coarse(data, frame)))
    except (UnusualScansError, ValueError):
        return None


def _coarse(data: bytes, frame: JPEGFrame) -> list[bytes]:
    """Return the coarse scans of the file, the segments that these need, and the end of the image."""
    parts, subsampled = list[bytes](), _subsampled(data, frame)
    missing_bits: dict[int, int] = {}
    for segment in segments(data, frame):
        kept = segment.code in _KEPT
        if segment.code == END_OF_IMAGE:
            _check_complete(missing_bits, frame.components)
            return [*parts, data[segment.start : segment.end]]
        if segment.code == START_OF_SCAN:
            scan = scan_of(data, segment)
            kept = _has_means(scan, missing_bits) or (scan.before == 0 and scan.components[0] in subsampled)
        elif not kept and segment.code not in _DROPPED:
            raise UnusualScansError
        parts += [data[segment.start : segment.end]] if kept else []
    raise UnusualScansError


def _subsampled(data: bytes, frame: JPEGFrame) -> set[int]:
    """Return the components with half the samples in both directions."""
    described = data[frame.start + 8 : frame.start + 8 + 3 * frame.components]
    sampling = {number: divmod(both, 16) for number, both in zip(described[::3], described[1::3], strict=True)}
    most = [max(factors) for factors in zip(*sampling.values(), strict=True)]
    if any(across * 4 <= most[0] and down * 4 <= most[1] for across, down in sampling.values()):
        raise UnusualScansError
    return {number for number, (across, down) in sampling.items() if across * 2 <= most[0] and down * 2 <= most[1]}


def _has_means(scan: Scan, missing_bits: dict[int, int]) -> bool:
    """Return whether a scan has means; keeps the number of low bits that they still lack."""
    if scan.first:
        return False
    for component in scan.components:
        expected = missing_bits.get(component)
        if scan.last or scan.before != (expected or 0) or (expected is not None and scan.after != expected - 1):
            raise UnusualScansError
        missing_bits[component] = scan.after
    return True


def _check_complete(missing_bits: dict[int, int], components: int) -> None:
    if len(missing_bits) != components or any(missing_bits.values()):
        raise UnusualScansError


def _without_smoothing(head: bytes) -> bytes:
    """Return the segments before the first scan with a 0 for each unused coefficient in the quantization tables.

    With such tables libjpeg does not invent the details that are left out from the neighbors' means: that would take
    as long as all the rest, and make the picture less exact.
    """
    changed, position = bytearray(head), 2
    while marker := MARKER.search(changed, position):
        code, start = changed[marker.end() - 1], marker.end()
        position = start + max(number(changed, start), 2)
        if code == _QUANTIZATION_TABLES:
            _clear_unused(changed, start + 2, min(position, len(changed)))
    return bytes(changed)


def _clear_unused(head: bytearray, start: int, end: int) -> None:
    """Clear the unused coefficients of the quantization tables from `start` to `end`."""
    while start < end:
        width = 2 if head[start] >> 4 else 1
        following = start + 1 + 64 * width
        if following > end:
            raise UnusualScansError
        for place in _UNUSED:
            head[start + 1 + place * width : start + 1 + (place + 1) * width] = bytes(width)
        start = following
