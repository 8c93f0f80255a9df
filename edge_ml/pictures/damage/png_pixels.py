"""The pixels of a PNG: whether they are all there, and a PNG of little else.

The specification has the chunks: https://www.w3.org/TR/png-3/
"""

import zlib
from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

_SIGNATURE = 8
_CRITICAL = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
_USEFUL = (b"tRNS", b"iCCP", b"eXIf")
"""Ancillary chunks that change how the picture looks."""

_LONGEST_PROFILE = 1_000_000
"""Bytes; Pillow reads no longer one."""

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_LEAST_TRANSPARENCY = {0: 2, 2: 6}
"""By color type: the channels, and the least length of the chunk tRNS."""

_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""The left, top, step across and step down of each pass of an interlaced picture (Adam7)."""

_STEP = 1_000_000


class _Chunk(NamedTuple):
    kind: bytes
    body: memoryview
    whole: memoryview

    def is_sound(self) -> bool:
        return zlib.crc32(self.body, zlib.crc32(self.kind)) == int.from_bytes(self.whole[-4:], "big")


def only_pixels(data: bytes) -> bytes | None:
    """Return the PNG without texts and without ancillary chunks that are damaged; None where there is nothing to leave.

    A chunk of its pixels stays as it is.
    """
    chunks = list(_chunks(data))
    if not chunks or chunks[0].kind != b"IHDR" or len(chunks[0].body) < 13:
        return None
    color = chunks[0].body[9]
    kept = [chunk for chunk in chunks if chunk.kind in _CRITICAL or _is_useful(chunk, color)]
    return b"".join((data[:_SIGNATURE], *(chunk.whole for chunk in kept))) if len(kept) < len(chunks) else None


def has_all_pixels(data: bytes) -> bool:
    """Return whether the compressed pixels of a PNG are as many as its header says, and match their checksum."""
    chunks = _chunks(data)
    expected = _uncompressed_size(next(chunks).body)
    inflate, found = zlib.decompressobj(), 0
    try:
        for chunk in chunks:
            rest: bytes | memoryview = chunk.body if chunk.kind == b"IDAT" else b""
            while rest and not inflate.eof and found <= expected:
                found += len(inflate.decompress(rest, _STEP))
                rest = inflate.unconsumed_tail
    except zlib.error:
        return False
    return inflate.eof and found == expected


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """Yield the chunks; the last may be cut short."""
    view, at = memoryview(data), _SIGNATURE
    while at + 8 <= len(data):
        end = at + 12 + int.from_bytes(view[at : at + 4], "big")
        yield _Chunk(bytes(view[at + 4 : at + 8]), view[at + 8 : end - 4], view[at:end])
        at = end


def _is_useful(chunk: _Chunk, color: int) -> bool:
    if chunk.kind not in _USEFUL or not chunk.is_sound():
        return False
    if chunk.kind == b"tRNS":
        return len(chunk.body) >= _LEAST_TRANSPARENCY.get(color, 1)
    return chunk.kind != b"iCCP" or _is_profile(bytes(chunk.body))


def _is_profile(body: bytes) -> bool:
    name, _, compressed = body.partition(b"\0")
    inflate = zlib.decompressobj()
    try:
        inflate.decompress(compressed[1:], _LONGEST_PROFILE)
    except zlib.error:
        return False
    return bool(name) and compressed[:1] == b"\0" and not inflate.unconsumed_tail


def _uncompressed_size(header: memoryview) -> int:
    """Return the bytes of all rows, each with the byte that names its filter."""
    width, height = (int.from_bytes(header[start : start + 4], "big") for start in (0, 4))
    depth, color, interlaced = header[8], header[9], header[12]
    size = 0
    for left, top, across, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        columns, rows = ceil((width - left) / across), ceil((height - top) / down)
        size += rows * (1 + ceil(columns * _CHANNELS[color] * depth / 8)) if columns > 0 < rows else 0
    return size
