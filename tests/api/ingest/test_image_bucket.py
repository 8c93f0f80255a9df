import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.exceptions import BotoCoreError
from moto.server import ThreadedMotoServer

from api.ingest.runtime.image_bucket import CLIENT_SETTINGS, Images, NewImage
from domain.options import Options
from tests.loopback_server import LoopbackServer, chunked, response, serving
from wire.aws.client import client
from wire.outbound.download import FetchError
from wire.outbound.fetch import LARGEST, fetch
from wire.outbound.policy import Policy
from wire.outbound.target import check_url

OPEN = Policy(loopback=True)
KEY = "images/99/public/img_0193f2a5c0ff00112233445566778899/asked/ü 1+2.jpg"
IMAGE = NewImage("img_0193f2a5c0ff00112233445566778899", KEY, {"top-k": "3"})


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The URL of moto's S3 server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client for checks of the bucket; the environment directs new clients to the same server."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    reader = boto3.client("s3")
    reader.create_bucket(Bucket="images")
    yield reader
    for stored in reader.list_objects_v2(Bucket="images").get("Contents", []):
        reader.delete_object(Bucket="images", Key=stored["Key"])
    reader.delete_bucket(Bucket="images")


@pytest.fixture
def images(s3: Any) -> Images:
    """The bucket as the function uses it."""
    return Images(client("s3", **CLIENT_SETTINGS), "images")


def add(images: Images, url: str, largest: int = LARGEST) -> None:
    with fetch(check_url(url), OPEN, largest=largest) as download:
        images.add_download(IMAGE, download)


def stored(s3: Any) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket="images").get("Contents", [])]


def test_a_download_is_stored_whole_with_its_type_and_options(
    images: Images, s3: Any, server: LoopbackServer, jpeg: bytes
) -> None:
    server.responses["/a"] = response(jpeg)
    add(images, f"{server.url}/a")
    found = s3.get_object(Bucket="images", Key=KEY)
    assert found["Body"].read() == jpeg
    assert (found["ContentType"], found["Metadata"]) == ("image/jpeg", {"top-k": "3"})


def test_a_download_of_no_declared_length_is_spooled(
    images: Images, s3: Any, server: LoopbackServer, jpeg: bytes
) -> None:
    body = jpeg + bytes(3_000_000)
    server.responses["/a"] = chunked(body[:700_000], body[700_000:])
    add(images, f"{server.url}/a")
    assert s3.get_object(Bucket="images", Key=KEY)["Body"].read() == body


@pytest.mark.parametrize("missing", [1, 500_000])
def test_a_short_download_is_never_stored(
    images: Images, s3: Any, server: LoopbackServer, jpeg: bytes, missing: int
) -> None:
    server.responses["/a"] = [response(jpeg + bytes(200_000), length=len(jpeg) + 200_000 + missing)]
    with pytest.raises(FetchError) as refused:
        add(images, f"{server.url}/a")
    assert refused.value.code == "connect_failed"
    assert stored(s3) == []


def test_the_largest_size_also_holds_without_a_declared_length(
    images: Images, s3: Any, server: LoopbackServer, jpeg: bytes
) -> None:
    server.responses["/a"] = chunked(jpeg, bytes(50_000), bytes(50_000))
    with pytest.raises(FetchError) as refused:
        add(images, f"{server.url}/a", largest=len(jpeg) + 99_999)
    assert refused.value.code == "too_large"
    assert stored(s3) == []


def test_a_body_is_sent_once_even_when_the_store_fails(
    images: Images, s3: Any, jpeg: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = [b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"]
    with serving({"/a": response(jpeg)}) as source, serving({}) as store:
        store.responses[f"/images/{quote(KEY)}"] = busy
        monkeypatch.setenv("AWS_ENDPOINT_URL", store.url)
        with pytest.raises(BotoCoreError):
            add(Images(client("s3", **CLIENT_SETTINGS), "images"), f"{source.url}/a")
        assert len(source.requests) == 1
        assert len([item for item in store.requests if item.startswith("PUT")]) == 1


def test_a_presigned_form_accepts_one_key_one_type_and_at_most_fifteen_megabytes(images: Images) -> None:
    form = images.presigned_form(IMAGE, "image/png")
    assert form["fields"]["key"] == KEY
    assert form["fields"]["Content-Type"] == "image/png"
    assert form["fields"]["x-amz-meta-top-k"] == "3"
    conditions = json.loads(base64.b64decode(form["fields"]["policy"]))["conditions"]
    for wanted in ({"key": KEY}, {"Content-Type": "image/png"}, {"x-amz-meta-top-k": "3"}, {"bucket": "images"}):
        assert wanted in conditions
    assert ["content-length-range", 1, 15 * 1024 * 1024] in conditions
    assert form["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_every_new_image_has_an_id_and_a_key_of_its_own() -> None:
    new = [NewImage.of("public", "cat.jpg", Options()) for _ in range(100)]
    assert len({image.key for image in new}) == 100
    assert all(image.image_id in image.key for image in new)


def test_only_the_key_of_an_image_with_options_marks_them() -> None:
    assert "/asked/" not in NewImage.of("public", "cat.jpg", Options()).key
    assert "/asked/" in NewImage.of("public", "cat.jpg", Options(top_k=3)).key
