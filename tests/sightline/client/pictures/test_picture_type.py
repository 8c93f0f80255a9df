import io
from pathlib import PurePath

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from domain.image_type import CONTENT_TYPES, image_type
from sightline.client.pictures.picture_type import named_as_picture, picture_type

register_heif_opener()

NO_NAME = PurePath("picture")
HEADS = (
    b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf",
    b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1MiHEmiaf",
    b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic",
    b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1miaf",
    b"MM\x00*\x00\x00\x00\x08",
    b"II+\x00\x08\x00\x00\x00",
    b"GIF87a\x01\x00\x01\x00",
)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "HEIF"])
def test_the_type_by_first_bytes_is_that_of_the_deployment(form: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, form)
    assert picture_type(file.getvalue()[:32], NO_NAME) == image_type(file.getvalue()[:32])


@pytest.mark.parametrize("head", HEADS)
def test_the_type_by_unusual_first_bytes_is_that_of_the_deployment(head: bytes) -> None:
    assert picture_type(head, NO_NAME) == image_type(head)


def test_the_bytes_take_precedence_over_the_name() -> None:
    assert picture_type(b"\x89PNG\r\n\x1a\n", PurePath("cat.jpg")) == "image/png"
    assert picture_type(b"no pixels", PurePath("cat.JPG")) == "image/jpeg"
    assert picture_type(b"no pixels", PurePath("cat.txt")) is None


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_pictures_of_every_accepted_type_are_found_by_name(kind: str) -> None:
    name = PurePath(f"cat.{kind.removeprefix('image/')}")
    assert named_as_picture(name)
    assert picture_type(b"", name) == kind
