import io
import re
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageFilter, ImageOps

from edge_ml.image_error import ImageError
from edge_ml.pictures.decode import decode
from edge_ml.pictures.formats.pixel_budget import PIXEL_BUDGETS
from edge_ml.pictures.formats.signatures import PLUGINS
from edge_ml.pictures.letterbox import Fit
from tests.edge_ml import samples

SQUARE = Fit((32, 32), "stretch")


def color(data: bytes, fit: Fit = SQUARE) -> tuple[int, ...]:
    """Return the mean color of the model's input."""
    return tuple(int(value) for value in decode(data, fit).pixels.mean(axis=(0, 1)).round())


def corners(size: tuple[int, int]) -> Image.Image:
    """Return a picture with four different quarters: red, green / blue, white."""
    width, height = size
    image = samples.picture("white", size)
    image.paste("red", (0, 0, width // 2, height // 2))
    image.paste("lime", (width // 2, 0, width, height // 2))
    image.paste("blue", (0, height // 2, width // 2, height))
    return image


def photo(size: tuple[int, int]) -> Image.Image:
    """Return a deterministic picture with detail at every scale."""
    noise = np.random.default_rng(7)
    layers = [
        Image.fromarray(noise.integers(0, 256, (side, side, 3), np.uint8)).resize(size, Image.Resampling.BICUBIC)
        for side in (4, 16, 64)
    ]
    return Image.blend(Image.blend(layers[0], layers[1], 0.4), layers[2], 0.3).filter(ImageFilter.GaussianBlur(1))


@pytest.mark.parametrize("kind", PLUGINS)
def test_every_format_decodes_to_its_color(kind: str) -> None:
    assert color(samples.encoded(samples.picture((200, 40, 40)), kind)) == pytest.approx((200, 40, 40), abs=4)


@pytest.mark.parametrize("resize", ["stretch", "cover", "letterbox"])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_exif_orientation_is_applied_as_pillow_applies_it(orientation: int, kind: str, resize: str) -> None:
    lying = corners((96, 64))
    turned = decode(samples.turned(lying, orientation, kind), Fit((24, 32), resize))
    lying.getexif()[0x0112] = orientation
    plain = decode(samples.encoded(ImageOps.exif_transpose(lying)), Fit((24, 32), resize))
    assert turned.size == plain.size == ((64, 96) if orientation > 4 else (96, 64))
    assert np.abs(turned.pixels.astype(int) - plain.pixels).mean() <= 6


def test_the_exif_orientation_of_an_heif_is_not_applied_twice() -> None:
    data = bytearray(samples.turned(corners((96, 64)), 6, "HEIF"))
    at = data.index(b"irot")
    data[at : at + 4] = b"free"
    assert decode(bytes(data), SQUARE).size == (96, 64)


def test_a_size_is_that_of_the_original_and_not_of_what_was_decoded() -> None:
    assert decode(samples.encoded(samples.picture(size=(1600, 1200)), "JPEG"), SQUARE).size == (1600, 1200)


@pytest.mark.parametrize("resize", ["stretch", "cover"])
def test_a_draft_decode_differs_from_a_full_one_by_less_than_the_eye_sees(resize: str) -> None:
    data = samples.encoded(photo((1600, 1200)), "JPEG", quality=92)
    fit = Fit((224, 224), resize)
    with Image.open(io.BytesIO(data)) as opened:
        full = opened.convert("RGB").resize(fit.size, Image.Resampling.BILINEAR, box=fit.crop(opened.size))
    error = np.mean((decode(data, fit).pixels.astype(float) - np.asarray(full)) ** 2)
    assert 10 * np.log10(255**2 / error) >= 50  # dB


def test_cover_sees_the_middle_and_stretch_sees_all() -> None:
    image = samples.picture("blue", (96, 32))
    image.paste("red", (32, 0, 64, 32))
    assert color(samples.encoded(image), Fit((32, 32), "cover")) == (255, 0, 0)
    assert color(samples.encoded(image), SQUARE) == pytest.approx((85, 0, 170), abs=2)


def test_letterbox_keeps_proportions_and_is_gray_beside_them() -> None:
    pixels = decode(samples.encoded(samples.picture("red", (64, 32))), Fit((32, 32), "letterbox")).pixels
    assert pixels[16, 16].tolist() == [255, 0, 0]
    assert pixels[2, 16].tolist() == pixels[29, 16].tolist() == [114, 114, 114]


@pytest.mark.parametrize(
    ("mode", "value", "seen"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 90, (90, 90, 90)),
        ("LA", (90, 255), (90, 90, 90)),
        ("RGBA", (255, 0, 0, 255), (255, 0, 0)),
        ("RGBA", (255, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (0, 0, 0, 128), (127, 127, 127)),
        ("I;16", 65535, (255, 255, 255)),
        ("I;16", 32768, (127, 127, 127)),
    ],
)
def test_every_mode_of_a_png_becomes_rgb(mode: str, value: Any, seen: tuple[int, ...]) -> None:
    assert color(samples.encoded(Image.new(mode, (40, 40), value))) == seen


def test_a_palette_keeps_its_colors_and_lets_white_through() -> None:
    image = samples.picture("red").quantize(4)
    assert color(samples.encoded(image)) == pytest.approx((255, 0, 0), abs=2)
    assert color(samples.encoded(image, transparency=image.getpixel((0, 0)))) == (255, 255, 255)


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("CMYK", "TIFF"), ("LAB", "TIFF"), ("YCbCr", "TIFF")])
def test_other_color_spaces_become_rgb(mode: str, kind: str) -> None:
    red = samples.picture((220, 30, 40))
    image = _lab(red) if mode == "LAB" else red.convert(mode)
    assert color(samples.encoded(image, kind)) == pytest.approx((220, 30, 40), abs=6)


def _lab(image: Image.Image) -> Image.Image:
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    converted = ImageCms.profileToProfile(image, *profiles, outputMode="LAB")
    assert converted
    return converted


@pytest.mark.parametrize("mode", ["I", "F"])
def test_deep_values_use_their_own_range(mode: str) -> None:
    values = np.linspace(-1000, 100_000, 64 * 64).reshape(64, 64)
    image = Image.fromarray(values.astype(np.int32 if mode == "I" else np.float32))
    pixels = decode(samples.encoded(image, "TIFF"), SQUARE).pixels
    assert [int(pixels.min()), int(pixels.max())] == pytest.approx([2, 252], abs=3)


def test_values_that_are_no_numbers_are_no_obstacle() -> None:
    values = np.full((8, 8), np.nan, np.float32)
    assert color(samples.encoded(Image.fromarray(values), "TIFF")) == (0, 0, 0)


def test_of_several_frames_the_first_is_seen() -> None:
    frames = [samples.picture(name) for name in ("red", "blue", "lime")]
    for kind in ("GIF", "PNG", "WEBP", "TIFF"):
        data = samples.encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert color(data) == pytest.approx((255, 0, 0), abs=4), kind


def refused(data: bytes) -> str:
    with pytest.raises(ImageError) as caught:
        decode(data, SQUARE)
    assert not caught.value.retryable
    assert not re.search("0x[0-9a-f]{6}", caught.value.detail)  # no addresses of ours
    return caught.value.code


def test_a_text_is_no_image() -> None:
    assert refused(b"<!doctype html><title>404</title>") == "not_an_image"


def test_a_format_that_only_pillow_supports_is_unsupported() -> None:
    assert refused(samples.encoded(samples.picture(), "ICO")) == "unsupported_format"


@pytest.mark.parametrize("kind", PLUGINS)
def test_a_file_cut_short_is_damaged(kind: str) -> None:
    whole = samples.encoded(photo((200, 200)), kind)
    assert refused(whole[: len(whole) // 2]) == "damaged_image"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", PLUGINS)
def test_flipped_bytes_end_in_a_picture_or_a_code(kind: str) -> None:
    whole = np.frombuffer(samples.encoded(photo((64, 64)), kind), np.uint8)
    chance = np.random.default_rng(11)
    for _ in range(60):
        flipped = whole.copy()
        flipped[chance.integers(0, len(whole), 4)] = chance.integers(0, 256, 4)
        try:
            assert decode(flipped.tobytes(), SQUARE).pixels.shape == (32, 32, 3)
        except ImageError as error:
            assert error.code in {"not_an_image", "unsupported_format", "damaged_image", "too_many_pixels"}  # noqa: PT017


@pytest.mark.parametrize("kind", PLUGINS)
def test_each_format_is_checked_before_it_is_decoded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = samples.encoded(samples.picture(size=(200, 100)), kind)
    monkeypatch.setitem(PIXEL_BUDGETS, kind, 200 * 100)
    assert decode(data, SQUARE).size == (200, 100)
    monkeypatch.setitem(PIXEL_BUDGETS, kind, 200 * 100 - 1)
    plugin = type(Image.open(io.BytesIO(data), formats=[kind]))
    monkeypatch.setattr(plugin, "load", lambda image: pytest.fail("decoded"))
    assert refused(data) == "too_many_pixels"


def test_a_progressive_jpeg_has_its_own_pixel_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    data = samples.encoded(samples.picture(), "JPEG", progressive=True)
    monkeypatch.setitem(PIXEL_BUDGETS, "progressive JPEG", 64)
    assert refused(data) == "too_many_pixels"


def test_a_tile_larger_than_the_picture_counts_against_the_budget() -> None:
    tags = {256: 64, 257: 64, 258: 8, 259: 1, 262: 1, 277: 1, 322: 60_000, 323: 60_000, 324: 8, 325: 4096}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    assert refused(struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + entries + bytes(4)) == "too_many_pixels"


def test_an_heif_whose_header_lies_about_its_size_is_damaged() -> None:
    data = bytearray(samples.encoded(photo((800, 600)), "HEIF"))
    at = data.index(b"ispe")
    data[at + 8 : at + 16] = (64).to_bytes(4, "big") * 2
    assert refused(bytes(data)) == "damaged_image"


@pytest.mark.parametrize("side", [7100, 12_000, 30_000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_too_many_pixels_are_refused_by_the_header_alone(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    head = bytearray(samples.encoded(samples.picture(), "BMP"))
    head[18:26] = side.to_bytes(4, "little") * 2
    monkeypatch.setattr(Image.Image, "load", lambda image: pytest.fail("decoded"))
    assert refused(bytes(head)) == "too_many_pixels"


def test_a_jpeg_of_a_thousand_scans_is_refused_before_it_eats_the_batch_s_time() -> None:
    data = samples.encoded(samples.picture(), "JPEG", progressive=True)
    assert color(data) == pytest.approx((255, 0, 0), abs=4)
    assert refused(data[:-2] + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" * 1000 + data[-2:]) == "damaged_image"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_is_no_reason_to_refuse() -> None:
    data = samples.encoded(samples.picture(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert color(data) == pytest.approx((255, 0, 0), abs=4)
