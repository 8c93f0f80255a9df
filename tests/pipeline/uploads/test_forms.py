"""Presigned forms: valid for one key, one type and one size, for a while; the uploaded bytes are checked again."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from local.demo import photos
from tests.pipeline.account import s3_as
from tests.pipeline.chain import Chain
from tests.rekognition_server import Rekognition

LARGEST = 15 * 1024 * 1024
Fields = dict[str, str]


def form(chain: Chain, **options: Any) -> dict[str, Any]:
    """Request a form for one JPEG."""
    body = {"name": "cat.jpg", "content_type": "image/jpeg"} | ({"options": options} if options else {})
    response = chain.request("POST", "/uploads", json=body)
    assert response.status_code == 201, response.text
    return dict(response.json())


def sent(url: str, fields: Fields, body: bytes) -> tuple[int, str]:
    """Send a form; return the status and S3's error code, if any."""
    response = requests.post(url, data=fields, files={"file": body}, timeout=60)
    return response.status_code, response.text.partition("<Code>")[2].partition("<")[0]


def stored(chain: Chain) -> set[tuple[str, str]]:
    """Return the key and version of every object."""
    s3, bucket = chain.deployment.client("s3"), chain.deployment.endpoints.images_bucket
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    return {(version["Key"], version["VersionId"]) for page in pages for version in page.get("Versions", ())}


def widened(fields: Fields) -> Fields:
    """Return the fields with a policy that allows everything, under the old signature."""
    policy = json.loads(base64.b64decode(fields["policy"]))
    policy["conditions"] = [["starts-with", "$key", ""], ["content-length-range", 1, 10**9]]
    return fields | {"policy": base64.b64encode(json.dumps(policy).encode()).decode()}


CHANGES: dict[str, Callable[[Fields], Fields]] = {
    "another key": lambda fields: fields | {"key": fields["key"] + ".jpg"},
    "another owner's key": lambda fields: fields | {"key": fields["key"].replace("/public/", "/ann/")},
    "a key beside": lambda fields: fields | {"key": "elsewhere.jpg"},
    "a key made of the file's name": lambda fields: fields | {"key": fields["key"].rpartition("/")[0] + "/${filename}"},
    "another type": lambda fields: fields | {"Content-Type": "text/html"},
    "another picture's type": lambda fields: fields | {"Content-Type": "image/png"},
    "no type": lambda fields: {name: value for name, value in fields.items() if name != "Content-Type"},
    "options nobody asked for": lambda fields: fields | {"x-amz-meta-detector": "rekognition"},
    "open to everybody": lambda fields: fields | {"acl": "public-read"},
    "leading elsewhere": lambda fields: fields | {"success_action_redirect": "https://elsewhere.example/"},
    "a policy of one's own": widened,
    "no policy": lambda fields: {name: value for name, value in fields.items() if name != "policy"},
    "no signature": lambda fields: {name: value for name, value in fields.items() if name != "x-amz-signature"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_form_with_changed_fields_is_refused(chain: Chain, cat: bytes, change: Callable[[Fields], Fields]) -> None:
    upload = form(chain)["upload"]
    before = stored(chain)
    status, _ = sent(upload["url"], change(upload["fields"]), cat)
    assert status in (400, 403)
    assert stored(chain) == before


def test_the_options_of_a_form_cannot_be_changed(chain: Chain, cat: bytes) -> None:
    upload = form(chain, detector="edge")["upload"]
    assert sent(upload["url"], upload["fields"] | {"x-amz-meta-detector": "rekognition"}, cat)[0] == 403
    assert sent(upload["url"], upload["fields"], cat)[0] in (200, 204)


@pytest.mark.parametrize(
    ("size", "code"), [(0, "EntityTooSmall"), (LARGEST + 1, "EntityTooLarge")], ids=["nothing", "a byte too many"]
)
def test_a_form_refuses_other_sizes(chain: Chain, size: int, code: str) -> None:
    upload = form(chain)["upload"]
    before = stored(chain)
    assert sent(upload["url"], upload["fields"], b"\xff" * size) == (400, code)
    assert stored(chain) == before


def test_a_form_accepts_the_largest_picture(chain: Chain) -> None:
    upload = form(chain)["upload"]
    assert sent(upload["url"], upload["fields"], b"\xff" * LARGEST)[0] in (200, 204)


@pytest.fixture
def upload_role(chain: Chain) -> Any:
    """An S3 client as the function that signs the forms."""
    return s3_as(chain.deployment, "Upload")


def test_a_form_that_has_expired_is_refused(chain: Chain, cat: bytes, upload_role: Any) -> None:
    bucket, key = chain.deployment.endpoints.images_bucket, form(chain)["upload"]["fields"]["key"]

    def valid_for(seconds: int) -> tuple[int, str]:
        again = upload_role.generate_presigned_post(bucket, key, ExpiresIn=seconds)
        return sent(again["url"], again["fields"], cat)

    assert valid_for(3600)[0] in (200, 204)
    before = stored(chain)
    assert valid_for(-1)[0] == 403
    assert stored(chain) == before


def test_the_upload_role_cannot_sign_a_form_for_another_prefix(chain: Chain, cat: bytes, upload_role: Any) -> None:
    again = upload_role.generate_presigned_post(chain.deployment.endpoints.images_bucket, "models/evil.onnx")
    assert sent(again["url"], again["fields"], cat)[0] == 403


@pytest.mark.parametrize("detector", ["edge", "rekognition", "cascade"])
@pytest.mark.parametrize(
    "body", [b"<html><script>alert(1)</script></html>", b"GIF89b and no more"], ids=["page", "stub"]
)
def test_a_false_jpeg_is_rejected_by_every_detector(
    chain: Chain, rekognition: Rekognition, detector: str, body: bytes
) -> None:
    rekognition.refusal = "InvalidImageFormatException"  # as the real one responds to these
    try:
        image = chain.settled(chain.by_form("page.jpg", body + detector.encode(), detector=detector))
    finally:
        rekognition.refusal = None
    assert (image["status"], image["rejection"]["code"]) == ("rejected", "not_an_image")
    event = chain.receipts(image["image_id"])[0].event
    assert event
    assert event["type"] == "image.rejected"


def test_a_picture_is_decoded_by_its_real_format(chain: Chain) -> None:
    image = chain.settled(chain.by_form("really-a.png.jpg", photos.path("cat").read_bytes()))
    assert image["recognition"]["detections"][0]["label"] == "cat"


def test_an_original_is_served_with_the_content_type_of_its_form(chain: Chain) -> None:
    image = chain.settled(chain.by_form("page.jpg", b"<html>agreed</html>"))
    served = requests.get(image["links"]["original"], timeout=60)
    assert served.headers["Content-Type"] == "image/jpeg"
