import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_ml.derived.derive import derive
from edge_ml.image_error import ImageError
from edge_ml.pictures.formats.signatures import PLUGINS
from tests.edge_ml import samples

KINDS = ("rekognition", "thumbnail", "annotated")
SEEN: Any = [{"label": "cat", "confidence": 0.9, "box": {"left": 0.1, "top": 0.1, "width": 0.5, "height": 0.5}}]


def noise(size: tuple[int, int]) -> Image.Image:
    """Return a picture that does not compress."""
    return Image.fromarray(np.random.default_rng(5).integers(0, 256, (size[1], size[0], 3), np.uint8))


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=["JPEG"])
    image.load()
    return image


@pytest.mark.parametrize("file_format", PLUGINS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_of_any_format_becomes_a_jpeg_in_rgb(kind: str, file_format: str) -> None:
    jpeg = derive(kind, samples.encoded(samples.picture(size=(400, 300)), file_format))
    image = opened(jpeg.data)
    assert (image.mode, image.size) == ("RGB", jpeg.size)
    assert image.getpixel((5, 5)) == pytest.approx((255, 0, 0), abs=6)


@pytest.mark.parametrize("kind", KINDS)
def test_a_derived_picture_has_no_metadata(kind: str) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (48.0, 8.0, 0.0)}
    data = samples.encoded(samples.picture(size=(400, 300)), "JPEG", exif=exif, comment=b"by Ada")
    assert not {"exif", "comment", "icc_profile", "xmp"} & opened(derive(kind, data).data).info.keys()


@pytest.mark.parametrize("size", [(1, 1), (60, 40), (20_000, 1), (5000, 3000)])
def test_rekognition_can_take_a_picture_of_any_size(size: tuple[int, int]) -> None:
    jpeg = derive("rekognition", samples.encoded(samples.picture(size=size)))
    assert all(80 <= side <= 10_000 for side in jpeg.size)
    assert len(jpeg.data) <= 15_000_000


def test_rekognition_gets_the_picture_as_it_is_where_it_can_take_it() -> None:
    assert derive("rekognition", samples.encoded(noise((800, 600)), "HEIF", quality=90)).size == (800, 600)


def test_even_noise_is_small_enough_for_rekognition() -> None:
    assert len(derive("rekognition", samples.encoded(noise((3000, 3000)), "PNG", compress_level=0)).data) <= 5_000_000


@pytest.mark.parametrize(
    ("size", "becomes"), [((1600, 1200), (320, 240)), ((100, 50), (100, 50)), ((9, 3000), (1, 320))]
)
def test_a_thumbnail_fits_into_its_square(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    assert derive("thumbnail", samples.encoded(samples.picture(size=size))).size == becomes


def test_even_a_thumbnail_of_noise_is_small() -> None:
    assert len(derive("thumbnail", samples.encoded(noise((1600, 1200)), "JPEG", quality=95)).data) <= 30_000


def test_an_annotated_picture_shows_the_detections() -> None:
    data = samples.encoded(samples.picture("white", size=(2400, 1200)))
    plain, drawn = derive("annotated", data), derive("annotated", data, SEEN)
    assert plain.size == drawn.size == (1600, 800)
    assert np.asarray(opened(plain.data)).min() > 250
    assert np.asarray(opened(drawn.data)).min() < 100


def test_a_small_picture_grows_so_that_letters_fit_on_it() -> None:
    assert derive("annotated", samples.encoded(samples.picture(size=(60, 40))), SEEN).size == (640, 427)


def test_derived_pictures_are_deterministic() -> None:
    data = samples.encoded(noise((200, 100)))
    assert derive("annotated", data, SEEN) == derive("annotated", data, SEEN)


@pytest.mark.parametrize(
    ("kind", "data", "code"), [("hologram", b"", "unknown_kind"), ("thumbnail", b"x", "not_an_image")]
)
def test_a_picture_that_cannot_be_made_raises_its_code(kind: str, data: Any, code: str) -> None:
    with pytest.raises(ImageError) as caught:
        derive(kind, data)
    assert caught.value.code == code
