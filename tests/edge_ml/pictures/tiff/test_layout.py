"""Every layout of a TIFF's pixels is read as another decoder reads it, or refused by name."""

import io
import struct
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageCms

from edge_ml.image_error import ImageError
from edge_ml.pictures.decode import decode
from edge_ml.pictures.letterbox import Fit
from tests.edge_ml import samples
from tests.edge_ml.pictures.decoding import SQUARE, photo, refusal_code

Pixels = NDArray[Any]

SIZE = 64
PHOTO = photo((SIZE, SIZE))
RGB = np.asarray(PHOTO)
GRAY = np.asarray(PHOTO.convert("L"))
CMYK = np.asarray(PHOTO.convert("CMYK"))
OPAQUE = np.full((SIZE, SIZE, 1), 255, np.uint8)
CMYK_IN_RGB = np.asarray(Image.fromarray(CMYK, "CMYK").convert("RGB"))
WAYS: list[dict[str, Any]] = [
    {"byteorder": order, "compression": compression, "tile": tile, "predictor": predictor}
    for order in "<>"
    for compression, predictor in ((None, None), ("zlib", None), ("zlib", 2))
    for tile in (None, (32, 32))
]


def tiff(pixels: Pixels, *, byteorder: str = "<", bigtiff: bool = False, **options: Any) -> bytes:
    file = io.BytesIO()
    with tifffile.TiffWriter(file, byteorder=byteorder, bigtiff=bigtiff) as writer:  # type: ignore[arg-type]
        writer.write(pixels, **options)
    return file.getvalue()


def seen(data: bytes) -> Pixels:
    return decode(data, Fit((SIZE, SIZE), "stretch")).pixels.astype(float)


def refusal(data: bytes) -> str:
    with pytest.raises(ImageError) as caught:
        decode(data, SQUARE)
    assert caught.value.code == "unsupported_format"
    return caught.value.detail


@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(
    ("kind", "samples", "extra", "expected"),
    [
        ("rgb", RGB, [], RGB),
        ("rgb", np.dstack([RGB, OPAQUE]), ["unassalpha"], RGB),
        ("rgb", np.dstack([RGB, OPAQUE]), ["assocalpha"], RGB),
        ("rgb", np.dstack([RGB, OPAQUE // 2]), ["unspecified"], RGB),
        ("separated", CMYK, [], CMYK_IN_RGB),
    ],
)
def test_colors_are_read_in_every_layout(
    kind: str, samples: Pixels, extra: list[str], expected: Pixels, deep: bool, planes: bool
) -> None:
    pixels = samples.astype(np.uint16) * 257 if deep else samples
    if planes:
        pixels = np.moveaxis(pixels, 2, 0)
    for way in WAYS:
        data = tiff(
            pixels, photometric=kind, planarconfig="separate" if planes else "contig", extrasamples=extra or None, **way
        )
        assert np.abs(seen(data) - expected).mean() <= 1, way


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("kind", ["minisblack", "miniswhite"])
def test_gray_is_read_whatever_the_value_of_white(kind: str, deep: bool) -> None:
    values = GRAY if kind == "minisblack" else 255 - GRAY
    for way in WAYS:
        data = tiff(values.astype(np.uint16) * 257 if deep else values, photometric=kind, **way)
        assert np.abs(seen(data).mean(axis=2) - GRAY).mean() <= 1, way


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_fewer_bits_within_16_are_scaled_by_the_white_that_the_file_states(bits: int) -> None:
    white = (1 << bits) - 1
    values = np.round(GRAY / 255 * white).astype(np.uint16)
    for way in WAYS:
        data = tiff(values, photometric="minisblack", extratags=[(281, 3, 1, white, True)], **way)
        assert np.abs(seen(data).mean(axis=2) - GRAY).mean() <= 1, way


def test_a_greatest_value_that_is_no_white_is_not_taken_for_it() -> None:
    values = GRAY.astype(np.uint16) * 257
    data = tiff(values, photometric="minisblack", extratags=[(281, 3, 1, int(values.max()) // 2, True)])
    assert np.abs(seen(data).mean(axis=2) - GRAY).mean() <= 1


def test_12_packed_bits_are_scaled_by_their_white() -> None:
    values = np.round(GRAY / 255 * 4095).astype(np.uint16).ravel()
    first, second = values[::2], values[1::2]
    packed = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], axis=1).astype(np.uint8).tobytes()
    tags = {256: SIZE, 257: SIZE, 258: 12, 259: 1, 262: 1, 273: 8, 277: 1, 278: SIZE, 279: len(packed)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    data = struct.pack("<2sHI", b"II", 42, 8 + len(packed)) + packed + struct.pack("<H", len(tags)) + entries + bytes(4)
    assert np.abs(seen(data).mean(axis=2) - GRAY).mean() <= 1


@pytest.mark.parametrize("byteorder", "<>")
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("kind", ["int16", "int32", "float32"])
def test_deep_values_are_scaled_by_their_own_range_in_either_order(kind: str, compression: str, byteorder: str) -> None:
    values = (GRAY.astype(kind) - 100) * 90
    expected = (GRAY - float(GRAY.min())) * 255 / (int(GRAY.max()) - int(GRAY.min()))
    found = seen(tiff(values, photometric="minisblack", compression=compression, byteorder=byteorder))
    assert np.abs(found.mean(axis=2) - expected).mean() <= 1


def test_colors_in_lab_are_read() -> None:
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    lab = ImageCms.profileToProfile(PHOTO, *profiles, outputMode="LAB")
    for way in WAYS:
        assert np.abs(seen(tiff(np.asarray(lab), photometric="cielab", **way)) - RGB).mean() <= 1


@pytest.mark.parametrize(
    ("pixels", "options", "named"),
    [
        (np.dstack([GRAY] * 5), {"photometric": "minisblack", "planarconfig": "contig"}, "5 samples of 8 bits"),
        (RGB.astype(np.float32) / 255, {"photometric": "rgb"}, "3 samples of 32 bits, floating-point, RGB"),
        (GRAY.astype(np.float16), {"photometric": "minisblack"}, "1 sample of 16 bits, floating-point, gray"),
        (GRAY.astype(np.float64), {"photometric": "minisblack"}, "1 sample of 64 bits, floating-point, gray"),
        (np.stack([GRAY, GRAY]), {"photometric": "minisblack", "extrasamples": [2], "planarconfig": "separate"},
         "planes of 2 samples of 8 bits"),
        (np.moveaxis(RGB, 2, 0), {"photometric": "cielab", "planarconfig": "separate"}, "planes of 3 samples"),
        (RGB.astype(np.uint16), {"photometric": "rgb", "extratags": [(281, 3, 3, (4095,) * 3, True)]},
         "colors of 12 bits within 16"),
        (GRAY.astype(np.uint16), {"photometric": "cfa"}, "a camera's raw pixels"),
        (GRAY, {"photometric": "minisblack", "extratags": [(50706, 1, 4, (1, 4, 0, 0), True)]}, "(DNG)"),
        (RGB, {"photometric": "rgb", "subfiletype": 1, "subifds": 1}, "a camera's raw pixels"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("byteorder", "<>")
def test_other_layouts_are_refused_by_name(pixels: Pixels, options: dict[str, Any], named: str, byteorder: str) -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file, byteorder=byteorder) as writer:  # type: ignore[arg-type]
        writer.write(pixels, **options)
        if "subifds" in options:
            writer.write(GRAY, photometric="minisblack", subfiletype=0)
    assert named in refusal(file.getvalue())


def test_a_big_tiff_is_read_in_the_order_that_pillow_knows() -> None:
    data = tiff(RGB, bigtiff=True, photometric="rgb")
    assert np.abs(seen(data) - RGB).mean() <= 1
    assert "big-endian BigTIFF" in refusal(tiff(RGB, bigtiff=True, byteorder=">", photometric="rgb"))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_damaged_header_is_no_layout() -> None:
    data = samples.encoded(PHOTO, "TIFF")
    assert refusal_code(data[:4] + b"\xff\xff\xff\x7f" + data[8:]) == "damaged_image"
    assert refusal_code(data[:9]) == "damaged_image"
