"""Files as cameras write them: several pictures in one, deep colors, raw pixels, places."""

import io
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from edge_ml.derived.derive import derive
from edge_ml.image_error import ImageError
from edge_ml.pictures.decode import decode
from edge_ml.pictures.letterbox import Fit
from tests.edge_ml import samples
from tests.edge_ml.pictures.decoding import photo

FIT = Fit((64, 48), "stretch")
PHOTO = photo((400, 300))
OTHER = samples.picture("red", (400, 300))


def difference(data: bytes, expected: Image.Image) -> float:
    small = np.asarray(expected.resize(FIT.size, Image.Resampling.BILINEAR), float)
    return float(np.abs(decode(data, FIT).pixels - small).mean())


@pytest.mark.parametrize("orientation", [1, 6])
def test_of_an_mpo_the_first_picture_is_seen(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = samples.encoded(PHOTO, "MPO", save_all=True, append_images=[OTHER, OTHER], exif=exif)
    assert b"MPF\0" in data
    turned = PHOTO if orientation == 1 else PHOTO.transpose(Image.Transpose.ROTATE_270)
    assert decode(data, FIT).size == turned.size
    assert difference(data, turned) <= 2


def test_of_a_motion_photo_the_picture_is_seen() -> None:
    video = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 400
    assert difference(samples.encoded(PHOTO, "JPEG") + video, PHOTO) <= 2


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "PNG"])
def test_of_an_animation_the_first_frame_is_seen(kind: str) -> None:
    data = samples.encoded(PHOTO, kind, save_all=True, append_images=[OTHER, OTHER], duration=100)
    assert difference(data, PHOTO) <= (8 if kind == "GIF" else 2)  # a GIF has 256 colors


@pytest.mark.parametrize("twelve", [False, True])
def test_an_heic_of_more_than_8_bits_is_seen(twelve: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pillow_heif.options, "SAVE_HDR_TO_12_BIT", twelve)
    deep = (np.asarray(PHOTO).astype(np.uint16) * 257).tobytes()
    file = io.BytesIO()
    pillow_heif.from_bytes(mode="RGB;16", size=PHOTO.size, data=deep).save(file, quality=95)
    assert difference(file.getvalue(), PHOTO) <= 2


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"II*\0\x10\0\0\0CR\2\0", "CR2"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "CR3"),
        (b"IIRO\x08\0\0\0", "ORF"),
        (b"IIU\0\x18\0\0\0", "RW2"),
        (b"FUJIFILMCCD-RAW 0201", "RAF"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(head: bytes, name: str) -> None:
    with pytest.raises(ImageError, match=name) as caught:
        decode(head + bytes(200), FIT)
    assert caught.value.code == "unsupported_format"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("derived", ["rekognition", "thumbnail", "annotated"])
def test_no_place_and_no_maker_s_note_is_left_in_a_derived_picture(derived: str, kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Sightline Optics"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0)})
    exif.get_ifd(0x8769)[0x927C] = b"a note of the maker"
    options: dict[str, Any] = {"exif": exif} if kind != "TIFF" else {"tiffinfo": {0x010F: "Sightline Optics"}}
    data = samples.encoded(PHOTO, kind, **options)
    assert b"Sightline Optics" in data
    made = derive(derived, data).data
    assert not [word for word in (b"Exif", b"Sightline", b"note of the maker", b"http") if word in made]
    assert not Image.open(io.BytesIO(made)).getexif()
