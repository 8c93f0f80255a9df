from collections.abc import Iterator
from typing import Any

import boto3
import moto
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from edge_ml.image_error import ImageError
from edge_ml.storage import read_errors
from edge_ml.storage.objects import read


@pytest.fixture
def s3() -> Iterator[Any]:
    with moto.mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="images")
        client.put_bucket_versioning(Bucket="images", VersioningConfiguration={"Status": "Enabled"})
        yield client


def put(s3: Any, body: bytes, key: str = "a b+c%/ü.jpg") -> Any:
    version = s3.put_object(Bucket="images", Key=key, Body=body)["VersionId"]
    return {"bucket": "images", "key": key, "version": version}


def refused(s3: Any, image: Any) -> ImageError:
    with pytest.raises(ImageError) as caught:
        read(s3, image)
    return caught.value


def test_the_named_version_is_read_and_not_the_newest(s3: Any) -> None:
    first = put(s3, b"first")
    put(s3, b"second")
    assert read(s3, first) == b"first"
    assert read(s3, first | {"version": "null"}) == b"second"


@pytest.mark.parametrize("changed", [{"key": "none"}, {"bucket": "no-such-bucket"}])
def test_a_missing_object_is_no_such_object(s3: Any, changed: dict[str, str]) -> None:
    error = refused(s3, put(s3, b"x") | changed | {"version": "null"})
    assert (error.code, error.retryable) == ("no_such_object", False)


def test_a_deleted_version_is_no_such_object(s3: Any) -> None:
    image = put(s3, b"x")
    marker = s3.delete_object(Bucket="images", Key=image["key"])["VersionId"]
    s3.delete_object(Bucket="images", Key=image["key"], VersionId=image["version"])
    assert refused(s3, image).code == "no_such_object"
    assert refused(s3, image | {"version": marker}).code == "no_such_object"


def test_bytes_in_the_request_are_read_without_s3() -> None:
    assert read(None, {"bytes": "cGljdHVyZQ=="}) == b"picture"


@pytest.mark.parametrize(("sent", "code"), [("", "empty"), ("no base64!", "not_an_image"), ("cGl", "not_an_image")])
def test_invalid_bytes_in_the_request_are_refused(sent: str, code: str) -> None:
    error = refused(None, {"bytes": sent})
    assert (error.code, error.retryable) == (code, False)


def test_an_empty_object_is_empty(s3: Any) -> None:
    assert refused(s3, put(s3, b"")).code == "empty"


def test_an_object_over_the_cap_is_refused_unread(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_errors, "MAX_BYTES", 10)
    assert read(s3, put(s3, b"0123456789")) == b"0123456789"
    error = refused(s3, put(s3, b"0123456789A"))
    assert (error.code, error.retryable) == ("too_large", False)


@pytest.mark.parametrize(
    ("s3_code", "status", "code", "retryable"),
    [
        ("AccessDenied", 403, "access_denied", True),
        ("SlowDown", 503, "storage_error", True),
        ("InternalError", 500, "storage_error", True),
        ("NoSuchVersion", 404, "no_such_object", False),
    ],
)
def test_s3_s_refusals_are_coded(s3: Any, s3_code: str, status: int, code: str, retryable: bool) -> None:
    with Stubber(s3) as stub:
        # standard retries ask again after a 5xx
        for _ in range(5):
            stub.add_client_error("get_object", s3_code, http_status_code=status)
        error = refused(s3, {"bucket": "images", "key": "k", "version": "null"})
    assert (error.code, error.retryable) == (code, retryable)


def test_a_lost_connection_is_retryable() -> None:
    class Unreachable:
        def get_object(self, **_: str) -> None:
            raise EndpointConnectionError(endpoint_url="https://s3")

    error = refused(Unreachable(), {"bucket": "images", "key": "k", "version": "null"})
    assert (error.code, error.retryable) == ("storage_error", True)
