"""The coarse scans of a progressive JPEG: what libjpeg needs to decode it at 1/8 of its size.

Of each block of 8 × 8 pixels this is the mean (the DC coefficient). Components that are subsampled by two are decoded
at 1/4, so the first bits of their details (AC coefficients) are kept.
ITU-T T.81, Annex G, has the scans of a progressive JPEG: https://www.w3.org/Graphics/JPEG/itu-t81.pdf
"""

from typing import NamedTuple

from edge_ml.pictures.formats.jpeg_frame import MARKER, JPEGFrame, jpeg_frame, number

_END_OF_IMAGE, _START_OF_SCAN, _QUANTIZATION_TABLES = 0xD9, 0xDA, 0xDB
_KEPT = {0xC4, 0xCC, 0xDD}
"""The segments between scans that the next scans need: tables of codes, and the restart interval."""

_DROPPED = {*range(0xE0, 0xF0), 0xFE}
_MAX_SEGMENTS = 1000
"""The most segments from the first scan on. Files have about three for each of their ten scans."""

_UNUSED = (3, 5)
"""Two coefficients, in the order of a quantization table, that libjpeg uses neither at 1/8 nor at 1/4 of the size."""


class _UnusualError(Exception):
    """The file is damaged or incomplete, or its scans are not those of Annex G."""


class _Scan(NamedTuple):
    """The header of a scan: its components, its first and last coefficient, and the bits it lacks before and after."""

    components: bytes
    first: int
    last: int
    before: int
    after: int


def coarse_scans(data: bytes) -> bytes | None:
    """Return a JPEG with the coarse scans alone, to be decoded at 1/8 of its size.

    Returns None for a file that is not progressive, is damaged or incomplete, or has other scans than those of
    Annex G: such a file is decoded as a whole.
    """
    frame = jpeg_frame(data)
    if not frame.progressive:
        return None
    try:
        return b"".join((_without_smoothing(data[: frame.first_scan - 2]), *_coarse(data, frame), b"\xff\xd9"))
    except (_UnusualError, IndexError, ValueError):
        return None


def _coarse(data: bytes, frame: JPEGFrame) -> list[bytes]:
    """Return the coarse scans of the file and the segments that these need."""
    parts, subsampled = list[bytes](), _subsampled(data, frame)
    missing_bits: dict[int, int] = {}
    position = frame.first_scan - 2
    for _ in range(_MAX_SEGMENTS):
        code, end = _segment(data, position)
        if code == _END_OF_IMAGE:
            return _checked(parts, missing_bits, frame.components)
        kept = code in _KEPT
        if code == _START_OF_SCAN:
            scan = _scan(data[position + 4 : end])
            kept = _has_means(scan, missing_bits) or (scan.before == 0 and scan.components[0] in subsampled)
            end = _scan_end(data, end)
        elif not kept and code not in _DROPPED:
            raise _UnusualError
        parts += [data[position:end]] if kept else []
        position = end
    raise _UnusualError


def _subsampled(data: bytes, frame: JPEGFrame) -> set[int]:
    """Return the components with half the samples in both directions."""
    described = data[frame.start + 8 : frame.start + 8 + 3 * frame.components]
    sampling = {number: divmod(both, 16) for number, both in zip(described[::3], described[1::3], strict=True)}
    most = [max(factors) for factors in zip(*sampling.values(), strict=True)]
    if any(across * 4 <= most[0] and down * 4 <= most[1] for across, down in sampling.values()):
        raise _UnusualError
    return {number for number, (across, down) in sampling.items() if across * 2 <= most[0] and down * 2 <= most[1]}


def _segment(data: bytes, position: int) -> tuple[int, int]:
    """Return the code of the segment that begins at `position`, and where it ends."""
    if not MARKER.match(data, position):
        raise _UnusualError
    return data[position + 1], position + 2 + number(data, position + 2)


def _scan_end(data: bytes, position: int) -> int:
    """Return where the scan ends whose pixels begin at `position`: at the next marker."""
    marker = MARKER.search(data, position)
    if not marker:
        raise _UnusualError
    return marker.start()


def _scan(header: bytes) -> _Scan:
    count = header[0]
    first, last, approximation = header[1 + 2 * count :]
    scan = _Scan(header[1 : 1 + 2 * count : 2], first, last, *divmod(approximation, 16))
    if not first <= last < 64 or (first and count > 1):
        raise _UnusualError
    return scan


def _has_means(scan: _Scan, missing_bits: dict[int, int]) -> bool:
    """Return whether a scan has means; keeps the number of low bits that they still lack."""
    if scan.first:
        return False
    for component in scan.components:
        expected = missing_bits.get(component)
        if scan.last or scan.before != (expected or 0) or (expected is not None and scan.after != expected - 1):
            raise _UnusualError
        missing_bits[component] = scan.after
    return True


def _checked(parts: list[bytes], missing_bits: dict[int, int], components: int) -> list[bytes]:
    if len(missing_bits) != components or any(missing_bits.values()):
        raise _UnusualError
    return parts


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
            raise _UnusualError
        for place in _UNUSED:
            head[start + 1 + place * width : start + 1 + (place + 1) * width] = bytes(width)
        start = following
