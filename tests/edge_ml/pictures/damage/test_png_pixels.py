"""The pixels of a PNG decide whether it is damaged, whatever its other chunks hold."""

import zlib

import numpy as np
import pytest
from PIL import Image

from edge_ml.pictures.damage.png_pixels import has_all_pixels, only_pixels
from edge_ml.pictures.decode import decode
from edge_ml.pictures.upright import upright
from tests.edge_ml import samples
from tests.edge_ml.pictures.decoding import SQUARE, mean_color, photo, refusal_code
from tests.edge_ml.pngs import chunk, rgb, spoiled

RED = samples.picture("red", (40, 30))
ZEROS = zlib.compress(bytes(2_000_000))
ORIENTATION = b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"

SOUND = {
    "a long compressed text": chunk(b"zTXt", b"Comment\0\0" + ZEROS),
    "a long international text": chunk(b"iTXt", b"Comment\0\1\0\0\0" + ZEROS),
    "a long profile": chunk(b"iCCP", b"ICC\0\0" + ZEROS),
    "a profile compressed in an unknown way": chunk(b"iCCP", b"ICC\0\7" + ZEROS),
    "a profile without a name": chunk(b"iCCP", b"\0\0" + ZEROS),
    "a text with a wrong checksum": spoiled(chunk(b"tEXt", b"Author\0Ada")),
    "white with a wrong checksum": spoiled(chunk(b"cHRM", bytes(32))),
    "white cut short": chunk(b"cHRM", bytes(4)),
    "a resolution cut short": chunk(b"pHYs", b""),
    "a transparency cut short": chunk(b"tRNS", b"\0"),
    "a private chunk with a wrong checksum": spoiled(chunk(b"prVt", b"?")),
}


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("name", SOUND)
def test_a_chunk_beside_the_pixels_is_no_reason_to_refuse(name: str, place: str) -> None:
    data = rgb(RED, before=SOUND[name]) if place == "before" else rgb(RED, after=SOUND[name])
    assert mean_color(data) == (255, 0, 0)
    assert upright(data, max_side=40).getpixel((5, 5)) == (255, 0, 0)


def test_what_changes_the_looks_of_the_picture_stays() -> None:
    transparent_red = chunk(b"tRNS", b"\0\xff\0\0\0\0")
    data = rgb(RED, before=transparent_red + chunk(b"eXIf", ORIENTATION) + SOUND["a long compressed text"])
    assert decode(data, SQUARE).size == (30, 40)
    assert mean_color(data) == (255, 255, 255)


def test_a_picture_without_anything_else_cannot_be_repaired() -> None:
    assert only_pixels(rgb(RED)) is None
    assert only_pixels(b"\x89PNG\r\n\x1a\n") is None


@pytest.mark.parametrize("kind", [b"IHDR", b"IDAT"])
def test_damaged_pixels_stay_damaged(kind: bytes) -> None:
    data = rgb(RED, before=SOUND["a long compressed text"])
    place = data.index(kind) + 5
    assert refusal_code(data[:place] + b"\xff\xff\xff\xff" + data[place + 4 :]) in ("damaged_image", "too_many_pixels")


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_black_at_the_end_is_a_picture(mode: str, interlaced: bool) -> None:
    image = Image.new(mode, (37, 23))
    data = _interlaced(image) if interlaced else samples.encoded(image)
    assert decode(data, SQUARE).pixels.shape == (32, 32, 3)


def _interlaced(image: Image.Image) -> bytes:
    """Return a black picture, interlaced: its rows are black in any order."""
    data = bytearray(samples.encoded(image))
    header = data.index(b"IHDR") + 4
    depth, color = data[header + 8], data[header + 9]
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    starts = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    sizes = [(-(-(image.width - x) // across), -(-(image.height - y) // down)) for x, y, across, down in starts]
    pixels = zlib.compress(bytes(sum(height * (1 + -(-width * bits // 8)) for width, height in sizes)))
    head = chunk(b"IHDR", bytes(data[header : header + 12]) + b"\1")
    palette = chunk(b"PLTE", bytes(6)) if color == 3 else b""
    return b"\x89PNG\r\n\x1a\n" + head + palette + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_half_a_picture_is_damaged() -> None:
    rows = b"".join(b"\0" + bytes(row.tobytes()) for row in np.asarray(photo((40, 30)))[:15])
    data = rgb(photo((40, 30)), pixels=zlib.compress(rows))
    assert not has_all_pixels(data)
    assert refusal_code(data) == "damaged_image"


@pytest.mark.parametrize("size", [(200, 200), (400, 300)])
def test_a_file_whose_second_half_was_never_written_is_damaged(size: tuple[int, int]) -> None:
    whole = samples.encoded(photo(size))
    assert refusal_code(whole[: len(whole) // 2] + bytes(len(whole) // 2)) == "damaged_image"
