"""The pixel budget, judged by the header alone."""

import io
import struct

import pytest
from PIL import Image

from edge_ml.pictures.decode import decode
from edge_ml.pictures.formats.pixel_budget import PIXEL_BUDGETS
from edge_ml.pictures.formats.signatures import PLUGINS
from tests.edge_ml import samples
from tests.edge_ml.pictures.decoding import SQUARE, mean_color, refusal_code


@pytest.mark.parametrize("kind", PLUGINS)
def test_each_format_is_checked_before_it_is_decoded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = samples.encoded(samples.picture(size=(200, 100)), kind)
    monkeypatch.setitem(PIXEL_BUDGETS, kind, 200 * 100)
    assert decode(data, SQUARE).size == (200, 100)
    monkeypatch.setitem(PIXEL_BUDGETS, kind, 200 * 100 - 1)
    plugin = type(Image.open(io.BytesIO(data), formats=[kind]))
    monkeypatch.setattr(plugin, "load", lambda image: pytest.fail("decoded"))
    assert refusal_code(data) == "too_many_pixels"


def test_a_progressive_jpeg_has_its_own_pixel_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    data = samples.encoded(samples.picture(), "JPEG", progressive=True)
    monkeypatch.setitem(PIXEL_BUDGETS, "progressive JPEG", 64)
    assert refusal_code(data) == "too_many_pixels"


def test_a_tile_larger_than_the_picture_counts_against_the_budget() -> None:
    tags = {256: 64, 257: 64, 258: 8, 259: 1, 262: 1, 277: 1, 322: 60_000, 323: 60_000, 324: 8, 325: 4096}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    assert refusal_code(struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + entries + bytes(4)) == "too_many_pixels"


@pytest.mark.parametrize("side", [7100, 12_000, 30_000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_too_many_pixels_are_refused_by_the_header_alone(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    head = bytearray(samples.encoded(samples.picture(), "BMP"))
    head[18:26] = side.to_bytes(4, "little") * 2
    monkeypatch.setattr(Image.Image, "load", lambda image: pytest.fail("decoded"))
    assert refusal_code(bytes(head)) == "too_many_pixels"


def test_a_jpeg_of_a_thousand_scans_is_refused_before_it_eats_the_batch_s_time() -> None:
    data = samples.encoded(samples.picture(), "JPEG", progressive=True)
    assert mean_color(data) == pytest.approx((255, 0, 0), abs=4)
    assert refusal_code(data[:-2] + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" * 1000 + data[-2:]) == "damaged_image"
