"""JPEG files written segment by segment, with few bytes for many pixels: all of them gray."""

import struct
from collections.abc import Sequence
from math import ceil

BASELINE, PROGRESSIVE, LOSSLESS = 0xC0, 0xC2, 0xC3
END = b"\xff\xd9"
_CODES = b"\1\1" + bytes(14)
"""Huffman codes of one and two bits: a difference of 0 and of 1, or the end of a block and a run of such ends."""


def segment(marker: int, body: bytes) -> bytes:
    """Return a segment with its length."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def scan(components: Sequence[int], *, coefficients: tuple[int, int] = (0, 63), bits: int = 0) -> bytes:
    """Return the header of a scan; `bits` are its successive approximation."""
    selected = b"".join(bytes((number, 0)) for number in components)
    return segment(0xDA, bytes([len(components)]) + selected + bytes((*coefficients, bits)))


def header(width: int, height: int, components: int = 3, *, frame: int = BASELINE, depth: int = 8) -> bytes:
    """Return everything before the first scan; `depth` is the number of bits of a sample."""
    parts = b"".join(bytes((number + 1, 0x11, 0)) for number in range(components))
    tables = segment(0xDB, b"\0" + b"\1" * 64)
    tables += segment(0xC4, b"\x00" + _CODES + b"\0\1") + segment(0xC4, b"\x10" + _CODES + b"\0\xe0")
    return b"\xff\xd8" + tables + segment(frame, struct.pack(">BHHB", depth, height, width, components) + parts)


def jpeg(width: int, height: int, components: int = 3, *, scans: str = "interleaved", more: bytes = b"") -> bytes:
    """Return a gray JPEG: `interleaved` in one scan, `one each`, or `progressive`; `more` comes before its end."""
    numbers = range(1, components + 1)
    blocks = ceil(width / 8) * ceil(height / 8)
    head = header(width, height, components, frame=PROGRESSIVE if scans == "progressive" else BASELINE)
    if scans == "progressive":
        body = scan(numbers, coefficients=(0, 0)) + bytes(blocks * components // 8 + 1)
    elif scans == "one each":
        body = b"".join(scan([number]) + bytes(blocks // 4 + 1) for number in numbers)
    else:
        body = scan(numbers) + bytes(blocks * components // 4 + 1)
    return head + body + more + END
