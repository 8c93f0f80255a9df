"""Thumbnails and annotated pictures of the deployed app, under IAM enforcement."""

import io

import numpy as np
import pytest
import requests
from PIL import Image
from pillow_heif import register_heif_opener

from edge_ml.derived.colors import label_color
from tests.pipeline.chain import Chain

SIZE = (800, 600)
ROTATED = 6
"""The EXIF orientation of a camera held upright, whose sensor lies on its side."""

register_heif_opener()


def taken(cat: bytes, kind: str) -> bytes:
    """Return the cat as a phone held upright stores it: rotated, with an EXIF orientation."""
    with Image.open(io.BytesIO(cat)) as photograph:
        upright = photograph.convert("RGB").resize(SIZE[::-1])
    exif = Image.Exif()
    exif[0x0112] = ROTATED
    file = io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(file, kind, quality=90, exif=exif.tobytes())
    return file.getvalue()


def picture(chain: Chain, image_id: str, kind: str, **query: str) -> Image.Image:
    """Follow the link as a browser does, and return the picture."""
    response = chain.request("GET", f"/images/{image_id}/{kind}", params=query, allow_redirects=False)
    assert response.status_code == 302, response.text
    followed = requests.get(response.headers["Location"], timeout=60)
    assert (followed.status_code, followed.headers["Content-Type"]) == (200, "image/jpeg")
    image = Image.open(io.BytesIO(followed.content), formats=["JPEG"])
    image.load()
    return image


def likeness(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of gray levels: 0 for equal pictures, some tens for different ones."""
    first, second = (np.asarray(image.convert("L").resize((30, 40)), np.float32) for image in (one, other))
    return float(np.abs(first - second).mean())


@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_a_phone_s_photograph_is_recognized_and_shown_upright(chain: Chain, cat: bytes, kind: str) -> None:
    image = chain.settled(chain.by_bytes(f"phone.{kind.lower()}", taken(cat, kind)))
    recognition = image["recognition"]
    assert recognition["detections"][0]["label"] == "cat"
    assert recognition["size"] == {"width": 600, "height": 800}
    thumbnail, annotated = (picture(chain, image["image_id"], which) for which in ("thumbnail", "annotated"))
    assert (thumbnail.size, annotated.size) == ((240, 320), (600, 800))
    assert not thumbnail.getexif()
    with Image.open(io.BytesIO(cat)) as upright:
        assert likeness(thumbnail, upright) < 8 < likeness(thumbnail.rotate(180), upright)


def test_the_annotated_picture_shows_the_label(chain: Chain, cat: bytes) -> None:
    image = chain.settled(chain.by_bytes("cat.jpg", cat))
    links = image["links"]
    assert links["annotated"] == f"{links['self']}/annotated"
    drawn, plain = (picture(chain, image["image_id"], "annotated", min_confidence=least) for least in ("0", "1"))
    assert drawn.size == plain.size
    label = image["recognition"]["detections"][0]["label"]
    assert plate(drawn, label) > 200 > 10 * plate(plain, label)


def plate(image: Image.Image, label: str) -> int:
    """Count the pixels with the label's color, as far as JPEG kept it."""
    off = np.abs(np.asarray(image, np.int16) - np.array(label_color(label), np.int16))
    return int((off.max(axis=2) < 30).sum())


def test_a_rejected_image_has_no_pictures(chain: Chain) -> None:
    image_id = chain.by_hand("no-picture.txt", b"These are no pixels. " * 10)
    response = chain.request("GET", f"/images/{image_id}/thumbnail", allow_redirects=False)
    assert (response.status_code, response.json()["code"]) == (409, "not_recognized")
