"""Refusals of the deployed app, and of IAM to its roles."""

import pytest
from botocore.exceptions import ClientError

from domain.image import images_prefix
from local.deployment import Deployment
from tests.pipeline.account import s3_as
from tests.pipeline.chain import Chain


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.com/cat.jpg", "invalid_url"),
        ("http://user:secret@example.com/cat.jpg", "invalid_url"),
        ("http://169.254.169.254/latest/meta-data/", "url_blocked"),
        ("http://10.0.0.1/cat.jpg", "url_blocked"),
        ("http://example.com:25/cat.jpg", "url_blocked"),
        ("http://metadata.google.internal/computeMetadata/v1/", "url_blocked"),
        ("http://127.0.0.1:9001/2018-06-01/runtime/invocation/next", "url_blocked"),
    ],
)
def test_a_blocked_url_is_refused_with_its_code(chain: Chain, url: str, code: str) -> None:
    response = chain.request("POST", "/images", json={"url": url})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code


def test_the_emulator_itself_is_a_blocked_target(chain: Chain) -> None:
    inside = chain.deployment.endpoints.aws_endpoint
    assert chain.request("POST", "/images", json={"url": f"{inside}/_ministack/health"}).json()["code"] == "url_blocked"
    assert chain.request("POST", "/webhooks", json={"url": f"{inside}/"}).json()["code"] == "url_blocked"


def test_a_missing_picture_is_refused_at_once(chain: Chain) -> None:
    response = chain.request("POST", "/images", json={"url": f"{chain.photos}/nothing.png"})
    assert response.json()["code"] == "upstream_status"


def test_health_and_models_respond(chain: Chain) -> None:
    assert chain.request("GET", "/health").status_code == 200
    listed = chain.request("GET", "/models").json()
    assert listed["detectors"] == ["edge", "rekognition", "cascade", "moderation"]
    model = listed["items"][0]
    assert (model["detector"], model["name"]) == ("edge", "animals")
    assert {"cat", "dog", "horse", "other"} <= set(model["labels"])


def test_the_short_form_without_a_url_is_the_list(chain: Chain) -> None:
    assert chain.request("GET", "/", params={"limit": "1"}).json().keys() == {"items", "next_cursor"}


def test_an_unknown_route_is_a_problem(chain: Chain) -> None:
    response = chain.request("GET", "/nowhere")
    assert (response.status_code, response.json()["code"]) == (404, "no_such_route")


def test_the_recognize_role_can_read_images_and_cannot_delete_them(
    chain: Chain, deployment: Deployment, cat: bytes
) -> None:
    image_id = chain.by_bytes("keep.jpg", cat)
    chain.settled(image_id)
    bucket = deployment.endpoints.images_bucket
    prefix = images_prefix("public", image_id)
    (stored,) = deployment.client("s3").list_object_versions(Bucket=bucket, Prefix=prefix)["Versions"]
    s3, version = s3_as(deployment, "Recognize"), {"VersionId": stored["VersionId"]}
    assert s3.head_object(Bucket=bucket, Key=stored["Key"], **version)["ContentLength"] == len(cat)
    for attempt in (s3.delete_object, s3.put_object):
        with pytest.raises(ClientError) as caught:
            attempt(Bucket=bucket, Key=stored["Key"])
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
