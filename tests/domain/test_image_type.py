import io

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from domain.image_type import CONTENT_TYPES, HEAD, ImageTypeError, image_type

register_heif_opener()


def head(form: str, **settings: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, form, **settings)
    return file.getvalue()[:HEAD]


@pytest.mark.parametrize(
    ("form", "kind"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif"), ("WEBP", "image/webp"),
     ("TIFF", "image/tiff"), ("BMP", "image/bmp"), ("AVIF", "image/avif"), ("HEIF", "image/heic")],
)  # fmt: skip
def test_a_picture_written_by_pillow_is_recognized_by_its_first_bytes(form: str, kind: str) -> None:
    assert image_type(head(form)) == kind


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", "image/avif"),
        (b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1MiHEmiaf", "image/heic"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", "image/heic"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1miaf", "image/heif"),
        (b"MM\x00*\x00\x00\x00\x08", "image/tiff"),
        (b"II+\x00\x08\x00\x00\x00", "image/tiff"),
        (b"GIF87a\x01\x00\x01\x00", "image/gif"),
    ],
)
def test_other_first_bytes_of_a_type_are_recognized_too(first: bytes, kind: str) -> None:
    assert image_type(first) == kind
    assert kind in CONTENT_TYPES


@pytest.mark.parametrize(
    "first",
    [b"\xff\x0a\x00\x00", b"\x00\x00\x00\x0cJXL \r\n\x87\n", b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"8BPS\x00\x01",
     b"\x00\x00\x01\x00\x01\x00", b"<svg xmlns='http://www.w3.org/2000/svg'>", b"%PDF-1.7"],
)  # fmt: skip
def test_pictures_of_an_unsupported_format_are_refused(first: bytes) -> None:
    with pytest.raises(ImageTypeError) as refused:
        image_type(first)
    assert refused.value.code == "unsupported_format"


@pytest.mark.parametrize(
    "first",
    [b"", b"\xff", b"\xff\xd8", b"<html>", b"<?xml version='1.0'?>", b"BM is not always a bitmap, is it?",
     b"RIFF....WAVE", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", b"\x89PNG\n", b"{}", b"\x1f\x8b\x08",
     b"PK\x03\x04"],
)  # fmt: skip
def test_anything_else_is_not_an_image(first: bytes) -> None:
    with pytest.raises(ImageTypeError) as refused:
        image_type(first)
    assert refused.value.code == "not_an_image"
