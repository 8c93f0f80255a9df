"""The pixels of a JPEG decide whether it is damaged, whether or not its end is marked."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_ml.pictures.decode import decode
from edge_ml.pictures.letterbox import Fit
from edge_ml.pictures.upright import upright
from tests.edge_ml import samples
from tests.edge_ml.jpegs import END
from tests.edge_ml.pictures.decoding import SQUARE, photo, refusal_code

KINDS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "without subsampling": {"subsampling": 0},
    "progressive": {"progressive": True},
    "with restarts": {"restart_marker_blocks": 5},
}


def jpeg(kind: str, mode: str = "RGB", size: tuple[int, int] = (403, 300)) -> bytes:
    return samples.encoded(photo(size).convert(mode), "JPEG", **KINDS[kind])


@pytest.mark.parametrize("missing", [1, 2])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_jpeg_without_its_end_is_as_good(kind: str, mode: str, missing: int) -> None:
    whole = jpeg(kind, mode)
    for fit in (SQUARE, Fit((300, 300), "stretch")):
        np.testing.assert_array_equal(decode(whole[:-missing], fit).pixels, decode(whole, fit).pixels)
    assert upright(whole[:-missing], max_side=300) == upright(whole, max_side=300)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("end", [b"", END, b"\0" * 20_000, b"\0" * 20_000 + END])
@pytest.mark.parametrize("kind", ["baseline", "without subsampling", "with restarts"])
def test_a_jpeg_without_its_last_pixels_is_damaged(kind: str, end: bytes, share: float) -> None:
    whole = jpeg(kind)
    assert refusal_code(whole[: round(len(whole) * share)] + end) == "damaged_image"


def test_a_jpeg_that_was_broken_off_in_its_last_scan_is_damaged() -> None:
    whole = jpeg("progressive")
    assert refusal_code(whole[: len(whole) - 200]) == "damaged_image"


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_gray_picture_is_a_picture(mode: str) -> None:
    gray = Image.new(mode, (403, 300), (128,) * len(mode) if mode != "L" else 128)
    assert decode(samples.encoded(gray, "JPEG"), SQUARE).size == (403, 300)


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_after_the_end_are_of_no_importance(kind: str) -> None:
    whole = jpeg(kind)
    np.testing.assert_array_equal(decode(whole + bytes(5000), SQUARE).pixels, decode(whole, SQUARE).pixels)


@pytest.mark.parametrize("video", [bytes(range(256)) * 40, bytes(20_000), bytes(range(256)) * 40 + bytes(20_000)])
def test_a_video_after_the_end_is_of_no_importance(video: bytes) -> None:
    whole = jpeg("baseline")
    motion = whole + b"\0\0\0\x18ftypmp42" + video
    np.testing.assert_array_equal(decode(motion, SQUARE).pixels, decode(whole, SQUARE).pixels)
