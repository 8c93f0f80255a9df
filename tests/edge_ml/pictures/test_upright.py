import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from edge_ml.image_error import ImageError
from edge_ml.pictures.size import scale_within
from edge_ml.pictures.upright import upright
from tests.edge_ml import samples


@pytest.mark.parametrize(
    ("size", "rule", "becomes"),
    [
        ((6000, 4000), {"max_side": 4096}, (4096, 2731)),
        ((640, 480), {"max_side": 4096}, (640, 480)),
        ((640, 480), {"max_side": 320}, (320, 240)),
        ((60, 40), {"max_side": 4096, "min_side": 80}, (120, 80)),
        ((1, 1), {"max_side": 4096, "min_side": 80}, (80, 80)),
        ((60, 40), {"max_side": 1600, "grow_to": 640}, (640, 427)),
        ((20_000, 1), {"max_side": 4096, "min_side": 80}, (4096, 80)),
        ((1, 20_000), {"max_side": 320}, (1, 320)),
    ],
)
def test_a_picture_keeps_its_proportions_unless_it_is_a_strip(
    size: tuple[int, int], rule: dict[str, int], becomes: tuple[int, int]
) -> None:
    assert scale_within(size, **rule) == becomes


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_photographer_held_the_camera(orientation: int, kind: str) -> None:
    standing = samples.picture("blue", (40, 80))
    standing.paste("red", (0, 0, 40, 20))
    turned = upright(samples.turned(_lying(standing, orientation), orientation, kind), max_side=40)
    assert turned.size == (20, 40)
    assert turned.getpixel((10, 2)) == pytest.approx((255, 0, 0), abs=30)
    assert turned.getpixel((10, 30)) == pytest.approx((0, 0, 255), abs=30)


def _lying(image: Image.Image, orientation: int) -> Image.Image:
    """Return the picture as a sensor in that orientation records it."""
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    return image.transpose(Image.Transpose(back[orientation])) if orientation > 1 else image


def _with_profile(image: Image.Image, profile: bytes, kind: str = "PNG") -> bytes:
    return samples.encoded(image, kind, icc_profile=profile)


def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_colors_are_those_of_srgb_whatever_the_profile() -> None:
    swapped = _srgb().replace(b"rXYZ", b"tmp!").replace(b"gXYZ", b"rXYZ").replace(b"tmp!", b"gXYZ")  # red is green
    red, green, _ = upright(_with_profile(samples.picture("red"), swapped), max_side=64).getpixel((5, 5))  # type: ignore[misc]
    assert green > 200 > red


def test_a_picture_that_is_in_srgb_stays_as_it_is() -> None:
    pixel = upright(_with_profile(samples.picture((200, 40, 90)), _srgb()), max_side=64).getpixel((5, 5))
    assert pixel == pytest.approx((200, 40, 90), abs=1)


@pytest.mark.parametrize("profile", [b"no profile", b"\0" * 200, _srgb()[:300]])
def test_a_damaged_profile_is_no_reason_to_refuse(profile: bytes) -> None:
    pixel = upright(_with_profile(samples.picture((200, 40, 90)), profile), max_side=64).getpixel((5, 5))
    assert pixel == (200, 40, 90)


def test_a_profile_of_another_color_space_is_not_applied() -> None:
    gray = samples.picture((90,), mode="L")
    assert upright(_with_profile(gray, _srgb()), max_side=64).getpixel((5, 5)) == (90, 90, 90)


@pytest.mark.parametrize(
    ("mode", "value", "seen"),
    [
        ("LA", (90, 255), (90, 90, 90)),
        ("RGBA", (255, 0, 0, 0), (255, 255, 255)),
        ("I;16", 32768, (127, 127, 127)),
        ("CMYK", (0, 255, 255, 0), (255, 0, 0)),
    ],
)
def test_every_mode_becomes_rgb(mode: str, value: Any, seen: tuple[int, ...]) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    assert upright(samples.encoded(Image.new(mode, (40, 40), value), kind), max_side=40).getpixel((5, 5)) == seen


def test_no_metadata_is_left() -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (48.0, 8.0, 0.0)}  # where it was taken
    data = samples.encoded(samples.picture(), "JPEG", exif=exif, comment=b"by Ada", icc_profile=_srgb())
    assert upright(data, max_side=64).info == {}


@pytest.mark.parametrize("max_side", [40, 300])
def test_the_picture_looks_as_after_a_full_decode(max_side: int) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (30, 40, 3), np.uint8)
    image = Image.fromarray(noise).resize((1600, 1200), Image.Resampling.BICUBIC)
    data = samples.encoded(image, "JPEG", quality=92)
    small = upright(data, max_side=max_side)
    with Image.open(io.BytesIO(data)) as opened:
        whole = opened.resize(small.size, Image.Resampling.BICUBIC)
    error = np.mean((np.asarray(small, np.float64) - np.asarray(whole)) ** 2)
    assert 10 * np.log10(255**2 / error) >= 45  # dB


def test_a_file_that_is_no_picture_is_refused() -> None:
    with pytest.raises(ImageError) as caught:
        upright(b"<!doctype html>", max_side=320)
    assert caught.value.code == "not_an_image"
