"""PNG files written chunk by chunk."""

import struct
import zlib

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = b"\0\0\0\0IEND\xaeB`\x82"
_CHECKSUM = 4


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk with its length and its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def spoiled(sound: bytes) -> bytes:
    """Return the chunk with a wrong checksum."""
    return sound[:-_CHECKSUM] + bytes(255 - byte for byte in sound[-_CHECKSUM:])


def rgb(image: Image.Image, *, before: bytes = b"", after: bytes = b"", pixels: bytes | None = None) -> bytes:
    """Return the picture as a PNG, with chunks before and after its pixels; `pixels` are compressed rows."""
    rows = [b"\0" + image.crop((0, y, image.width, y + 1)).tobytes() for y in range(image.height)]
    compressed = zlib.compress(b"".join(rows)) if pixels is None else pixels
    header = struct.pack(">IIBBBBB", *image.size, 8, 2, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + before + chunk(b"IDAT", compressed) + after + END
