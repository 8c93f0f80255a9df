"""Files with as many pixels as the budgets permit, in each mode and layout that takes memory of its own.

Small files, as a stranger would craft them: all of their pixels are alike.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Any

from PIL import Image

from tests.edge_ml.jpegs import END, PROGRESSIVE, header, jpeg, scan

_SIDE = 7071
"""The side of 50 million pixels."""

_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""The first column and row, and the steps, of each pass of an interlaced PNG."""


def png(side: int, depth: int, color: int, *, interlaced: bool = False) -> bytes:
    """Return a square PNG with a depth in bits, and a color type of the specification."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    sizes = [(side, side)]
    if interlaced:
        sizes = [(ceil((side - x) / across), ceil((side - y) / down)) for x, y, across, down in _ADAM7]
    packer, packed = zlib.compressobj(1), []
    for width, height in sizes:
        row = bytes(1 + ceil(width * channels * depth / 8))
        packed += [packer.compress(row * min(256, height - top)) for top in range(0, height, 256)]
    head = struct.pack(">IIBBBBB", side, side, depth, color, 0, 0, interlaced)
    palette = _chunk(b"PLTE", bytes(768)) + _chunk(b"tRNS", bytes(256)) if color == 3 else b""
    pixels = _chunk(b"IDAT", b"".join(packed) + packer.flush())
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + palette + pixels + _chunk(b"IEND", b"")


def bmp_of_runs(side: int) -> bytes:
    """Return a square BMP of run lengths."""
    row = b"\xff\0" * (side // 255) + bytes((side % 255, 0)) + b"\0\0"
    pixels = row * side + b"\0\1"
    head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, len(pixels), 0, 0, 256, 0)
    return (
        b"BM" + struct.pack("<IHHI", 14 + 40 + 1024 + len(pixels), 0, 0, 14 + 40 + 1024) + head + bytes(1024) + pixels
    )


def written(mode: str, side: int, kind: str, **options: Any) -> bytes:
    """Return a square picture as Pillow writes it."""
    file = io.BytesIO()
    Image.new(mode, (side, side)).save(file, kind, **options)
    return file.getvalue()


def progressive_with_details(side: int) -> bytes:
    """Return a progressive JPEG whose coefficients all have a scan."""
    numbers, blocks = (1, 2, 3), ceil(side / 8) ** 2
    bands = b"".join(scan([number], coefficients=(1, 63)) + b"\x55" * 200_000 for number in numbers)
    head = header(side, side, frame=PROGRESSIVE)
    return head + scan(numbers, coefficients=(0, 0)) + bytes(blocks * 3 // 8 + 1) + bands + END


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _tiffs(side: int) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I", "F"):
        yield f"tiff {mode}", lambda mode=mode: written(mode, side, "TIFF", compression="tiff_adobe_deflate")
    yield (
        "tiff in one strip",
        lambda: written("RGB", side, "TIFF", compression="tiff_adobe_deflate", tiffinfo={278: side}),
    )
    yield "tiff with JPEG", lambda: written("RGB", side, "TIFF", compression="jpeg")


FILES: Mapping[str, Callable[[], bytes]] = {
    "jpeg": lambda: jpeg(12_240, 12_240),
    "jpeg gray": lambda: jpeg(12_240, 12_240, 1),
    "jpeg cmyk": lambda: jpeg(12_240, 12_240, 4),
    "jpeg strip": lambda: jpeg(65_500, 2_290),
    "jpeg cmyk strip": lambda: jpeg(65_500, 2_290, 4),
    "jpeg column": lambda: jpeg(2_290, 65_500),
    "jpeg one scan each": lambda: jpeg(_SIDE, _SIDE, scans="one each"),
    "jpeg cmyk one scan each": lambda: jpeg(6_123, 6_123, 4, scans="one each"),
    "jpeg 12240 one scan each": lambda: jpeg(12_240, 12_240, 4, scans="one each"),
    "jpeg progressive": lambda: progressive_with_details(_SIDE),
    "jpeg progressive strip": lambda: jpeg(65_500, 763, scans="progressive"),
    "jpeg progressive cmyk": lambda: jpeg(6_123, 6_123, 4, scans="progressive"),
    "jpeg 12 bits": lambda: header(4_000, 4_000, depth=12) + scan([1, 2, 3]) + END,
    **{
        f"png {depth} bits color {color}{' interlaced' * interlaced}": (
            lambda depth=depth, color=color, interlaced=interlaced: png(_SIDE, depth, color, interlaced=interlaced)
        )
        for depth, color in ((1, 0), (8, 0), (16, 0), (8, 2), (16, 2), (8, 3), (8, 4), (16, 4), (8, 6), (16, 6))
        for interlaced in ((False, True) if (depth, color) in ((8, 3), (16, 6)) else (False,))
    },
    "gif": lambda: written("P", _SIDE, "GIF"),
    "gif with transparency": lambda: written("P", _SIDE, "GIF", transparency=0),
    "webp": lambda: written("RGB", 5_000, "WEBP", quality=10, method=0),
    "webp lossless with alpha": lambda: written("RGBA", 5_000, "WEBP", lossless=True, quality=0, method=0),
    "avif": lambda: written("RGB", 5_000, "AVIF", speed=10),
    "avif with alpha": lambda: written("RGBA", 5_000, "AVIF", speed=10),
    "heif": lambda: written("RGB", _SIDE, "HEIF", quality=10),
    "bmp 24 bits": lambda: written("RGB", 4_080, "BMP"),
    "bmp 1 bit": lambda: written("1", _SIDE, "BMP"),
    "bmp of runs": lambda: bmp_of_runs(_SIDE),
    **dict(_tiffs(5_916)),
}
"""What makes each file, by its name."""
