"""Decoding to the pixels of a model's input."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from edge_ml.image_error import ImageError
from edge_ml.pictures.decode import decode
from edge_ml.pictures.formats.signatures import PLUGINS
from edge_ml.pictures.letterbox import Fit
from tests.edge_ml import samples
from tests.edge_ml.pictures.decoding import SQUARE, mean_color, photo, refusal_code


def corners(size: tuple[int, int]) -> Image.Image:
    """Return a picture with four different quarters: red, green / blue, white."""
    width, height = size
    image = samples.picture("white", size)
    image.paste("red", (0, 0, width // 2, height // 2))
    image.paste("lime", (width // 2, 0, width, height // 2))
    image.paste("blue", (0, height // 2, width // 2, height))
    return image


@pytest.mark.parametrize("kind", PLUGINS)
def test_every_format_decodes_to_its_color(kind: str) -> None:
    assert mean_color(samples.encoded(samples.picture((200, 40, 40)), kind)) == pytest.approx((200, 40, 40), abs=4)


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
    assert mean_color(samples.encoded(image), Fit((32, 32), "cover")) == (255, 0, 0)
    assert mean_color(samples.encoded(image), SQUARE) == pytest.approx((85, 0, 170), abs=2)


def test_letterbox_keeps_proportions_and_is_gray_beside_them() -> None:
    pixels = decode(samples.encoded(samples.picture("red", (64, 32))), Fit((32, 32), "letterbox")).pixels
    assert pixels[16, 16].tolist() == [255, 0, 0]
    assert pixels[2, 16].tolist() == pixels[29, 16].tolist() == [114, 114, 114]


def test_of_several_frames_the_first_is_seen() -> None:
    frames = [samples.picture(name) for name in ("red", "blue", "lime")]
    for kind in ("GIF", "PNG", "WEBP", "TIFF"):
        data = samples.encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert mean_color(data) == pytest.approx((255, 0, 0), abs=4), kind


def test_a_text_is_no_image() -> None:
    assert refusal_code(b"<!doctype html><title>404</title>") == "not_an_image"


def test_a_format_that_only_pillow_supports_is_unsupported() -> None:
    assert refusal_code(samples.encoded(samples.picture(), "ICO")) == "unsupported_format"


@pytest.mark.parametrize("kind", PLUGINS)
def test_a_file_cut_short_is_damaged(kind: str) -> None:
    whole = samples.encoded(photo((200, 200)), kind)
    assert refusal_code(whole[: len(whole) // 2]) == "damaged_image"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", PLUGINS)
def test_flipped_bytes_end_in_a_picture_or_a_code(kind: str) -> None:
    whole = np.frombuffer(samples.encoded(photo((64, 64)), kind), np.uint8)
    random = np.random.default_rng(11)
    for _ in range(60):
        flipped = whole.copy()
        flipped[random.integers(0, len(whole), 4)] = random.integers(0, 256, 4)
        try:
            assert decode(flipped.tobytes(), SQUARE).pixels.shape == (32, 32, 3)
        except ImageError as error:
            assert error.code in {"not_an_image", "unsupported_format", "damaged_image", "too_many_pixels"}  # noqa: PT017


def test_an_heif_whose_header_lies_about_its_size_is_damaged() -> None:
    data = bytearray(samples.encoded(photo((800, 600)), "HEIF"))
    at = data.index(b"ispe")
    data[at + 8 : at + 16] = (64).to_bytes(4, "big") * 2
    assert refusal_code(bytes(data)) == "damaged_image"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_is_no_reason_to_refuse() -> None:
    data = samples.encoded(samples.picture(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert mean_color(data) == pytest.approx((255, 0, 0), abs=4)
