"""Of a progressive JPEG that is decoded at an eighth, the means of its blocks are decoded alone."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_ml.pictures.decode import decode
from edge_ml.pictures.formats.coarse_scans import coarse_scans
from edge_ml.pictures.formats.jpeg_frame import MARKER, jpeg_frame, number
from edge_ml.pictures.letterbox import Fit
from tests.edge_ml import samples
from tests.edge_ml.jpegs import END, scan, segment
from tests.edge_ml.pictures.decoding import SQUARE, photo

START_OF_SCAN = 0xDA


def progressive(mode: str = "RGB", **options: Any) -> bytes:
    image = photo((640, 500)).convert(mode)
    return samples.encoded(image, "JPEG", progressive=True, quality=90, **{"subsampling": 0, **options})


def eighth(data: bytes) -> Any:
    image = Image.open(io.BytesIO(data))
    image.draft(None, (1, 1))
    return np.asarray(image, np.float64)


def scans(data: bytes) -> list[bytes]:
    """Return the head, then each segment from the first scan on; a scan with its pixels, the end of the image last."""
    at = jpeg_frame(data).first_scan - 2
    parts = [data[:at]]
    while data[at : at + 2] != END:
        end = at + 2 + number(data, at + 2)
        if data[at + 1] == START_OF_SCAN:
            marker = MARKER.search(data, end)
            assert marker
            end = marker.start()
        parts.append(data[at:end])
        at = end
    return [*parts, END]


def is_scan(part: bytes, *, coarse: bool) -> bool:
    return part[1] == START_OF_SCAN and (part[5 + 2 * part[4]] == 0) is coarse


@pytest.mark.parametrize("options", [{}, {"restart_marker_blocks": 7}, {"subsampling": 1}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_they_hold_the_same_picture_at_an_eighth(mode: str, options: dict[str, int]) -> None:
    data = progressive(mode, **options)
    coarse = coarse_scans(data)
    assert coarse
    assert len(coarse) < len(data) / 2
    np.testing.assert_array_equal(eighth(coarse), eighth(data))


def test_subsampled_colors_lack_their_last_bits() -> None:
    data = progressive(subsampling=2)
    coarse = coarse_scans(data)
    assert coarse
    assert 0 < np.abs(eighth(coarse) - eighth(data)).mean() < 1


def test_another_order_of_the_scans_is_as_good() -> None:
    """Each refinement of the means comes as late as it may, behind all details."""
    parts = scans(progressive())
    refinement = next(part for part in parts[3:] if is_scan(part, coarse=True))
    parts.remove(refinement)
    data = b"".join((*parts[:-1], refinement, END))
    coarse = coarse_scans(data)
    assert coarse
    np.testing.assert_array_equal(eighth(coarse), eighth(data))


def test_comments_between_scans_are_left_out() -> None:
    parts = scans(progressive())
    data = b"".join((*parts[:-1], segment(0xFE, b"by Ada") * 20, END))
    coarse = coarse_scans(data)
    assert coarse
    assert b"by Ada" not in coarse


def broken() -> dict[str, bytes]:
    """Return files that are to be decoded as a whole, by what is unusual about each."""
    parts = scans(progressive())
    means = [part for part in parts[1:] if is_scan(part, coarse=True)]
    head, first, whole = parts[0], means[0], b"".join(parts)
    begin = whole.removesuffix(END)
    return {
        "it is not progressive": samples.encoded(photo((640, 500)), "JPEG"),
        "its end is missing": whole[:-2],
        "it ends within a scan": whole[:-50],
        "a refinement is missing": b"".join(part for part in parts if part not in means[1:]),
        "there are no means": b"".join(part for part in parts if part not in means),
        "a scan comes twice": head + first + b"".join(parts[1:]),
        "a scan has means and details": head + scan([1], coefficients=(0, 5)) + b"".join(parts[1:]),
        "a scan has the details of two components": head + scan([1, 2], coefficients=(1, 5)) + b"".join(parts[1:]),
        "another table of quantization": begin + segment(0xDB, b"\0" + b"\1" * 64) + END,
        "stray bytes": b"".join(parts[:2]) + segment(0xFE, b"") + b"stray" + b"".join(parts[2:]),
        "an empty segment": begin + b"\xff\xc4\0\0" + END,
        "a scan's header cut short": head + b"\xff\xda\0\3\1",
        "more segments than any file has": begin + segment(0xFE, b"") * 1000 + END,
        "a component with a sixteenth of the samples": whole.replace(b"\1\x11\0\2", b"\1\x44\0\2", 1),
        "a table cut short": whole.replace(b"\xff\xdb\0\x43", b"\xff\xdb\0\x44", 1),
    }


@pytest.mark.parametrize("name", broken())
def test_an_unusual_file_is_decoded_as_a_whole(name: str) -> None:
    assert coarse_scans(broken()[name]) is None


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_picture_is_decoded_from_them(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    baseline = samples.encoded(photo((640, 500)), "JPEG", quality=90, subsampling=0, exif=exif)
    found, expected = decode(progressive(exif=exif), SQUARE), decode(baseline, SQUARE)
    assert found.size == expected.size
    np.testing.assert_array_equal(found.pixels, expected.pixels)


def test_a_picture_that_is_not_so_large_keeps_its_details() -> None:
    data = progressive()
    found = decode(data, Fit((200, 200), "stretch"))
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(image.resize((200, 200), Image.Resampling.BILINEAR), np.float64)
    assert np.abs(found.pixels - expected).mean() < 1
