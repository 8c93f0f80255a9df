"""The client from Python: its results, its errors and its iterators."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import sightline
from sightline import Client, Conflict, EndpointError, InvalidRequest, NotFound, NotSignedIn, Problem, Unavailable
from sightline.client.pictures.picture import PictureSource
from sightline.client.transport.retries import ATTEMPTS, Interrupted
from tests.sightline.fake_deployment import JPEG, Deployment, Response


def problem(code: str) -> str:
    return json.dumps({"code": code, "detail": "A sentence.", "retryable": False})


@pytest.mark.parametrize("kind", ["path", "text", "bytes", "file"])
def test_a_picture_is_a_path_bytes_or_a_file(deployment: Deployment, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "cat.jpg"
    path.write_bytes(JPEG)
    with Client() as client, path.open("rb") as file:
        picture: PictureSource = {"path": path, "text": str(path), "bytes": JPEG, "file": file}[kind]  # type: ignore[assignment]
        image = client.images.upload(picture, name="Kätzchen.jpg" if kind == "bytes" else None, top_k=3)
    (form,) = deployment.forms
    assert (image["name"], form["file"]) == ("Kätzchen.jpg" if kind == "bytes" else "cat.jpg", JPEG)
    assert deployment.requests[0].body["options"] == {"top_k": 3}


def test_a_picture_is_waited_for(deployment: Deployment) -> None:
    deployment.polls_until_outcome = 2
    client = Client(deployment.url)
    image = client.images.wait(client.images.upload(JPEG)["image_id"])
    assert image["recognition"]["detections"][0]["label"] == "cat"
    rejected = client.images.wait(client.images.upload(io.BytesIO(b"no pixels"), name="a.jpg")["image_id"])
    assert rejected["rejection"]["code"] == "not_an_image"


def test_a_timeout_raises(deployment: Deployment) -> None:
    deployment.polls_until_outcome = 1000
    client = Client(deployment.url)
    with pytest.raises(sightline.NoOutcomeYet) as raised:
        client.images.wait(client.images.upload(JPEG)["image_id"], timeout=0)
    assert raised.value.remedy


def test_a_list_reads_the_next_page_when_it_is_needed(deployment: Deployment) -> None:
    for number in range(250):
        deployment.add(f"{number}.jpg")
    images = Client(deployment.url).images.list(label="cat", since=date(2026, 11, 21))
    assert [next(images)["name"] for _ in range(100)][-1] == "150.jpg"
    assert len(deployment.requests) == 1
    assert next(images)["name"] == "149.jpg"
    assert [request.path for request in deployment.requests] == [
        "/images?limit=100&label=cat&since=2026-11-21",
        "/images?limit=100&cursor=100&label=cat&since=2026-11-21",
    ]


def test_times_are_sent_in_utc(deployment: Deployment) -> None:
    list(Client(deployment.url).images.list(until=datetime(2026, 11, 21, 14, 30, tzinfo=UTC)))
    assert deployment.requests[0].path.endswith("until=2026-11-21T14%3A30%3A00Z")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_options", InvalidRequest),
        (401, "token_expired", NotSignedIn),
        (404, "no_such_image", NotFound),
        (409, "not_recognized", Conflict),
        (415, "unsupported_format", InvalidRequest),
        (429, "quota_exceeded", sightline.QuotaExceeded),
        (500, "unusable_model", Unavailable),
    ],
)
def test_an_error_has_a_class_a_code_a_detail_and_a_remedy(
    deployment: Deployment, status: int, code: str, kind: type[Problem]
) -> None:
    deployment.responses["/images/img_1"] = [Response(status, problem(code))]
    with pytest.raises(kind) as raised:
        Client(deployment.url).images.get("img_1")
    assert (raised.value.code, raised.value.detail, raised.value.status) == (code, "A sentence.", status)
    with_remedy = ("token_expired", "no_such_image", "quota_exceeded")
    assert bool(raised.value.remedy) == (code in with_remedy)


def test_calls_are_retried(deployment: Deployment) -> None:
    deployment.responses["/models"] = [Response(503, "", {"Retry-After": "0"})] * (ATTEMPTS - 1)
    assert Client(deployment.url).models()["items"][0]["name"] == "animals"
    assert len(deployment.requests) == ATTEMPTS


def test_links_are_followed_without_the_token(deployment: Deployment) -> None:
    link = f"{deployment.url}/picture.jpg"
    deployment.responses |= {
        "/images/img_1/annotated": [Response(302, "", {"Location": link})],
        "/picture.jpg": [Response(200, "pixels")],
    }
    assert Client(deployment.url, "the.token").images.annotated("img_1", top_k=2) == b"pixels"
    assert deployment.requests[0].path == "/images/img_1/annotated?top_k=2"
    assert deployment.tokens == ["Bearer the.token", None]


def test_a_redirect_to_another_place_is_not_taken_for_the_api(deployment: Deployment) -> None:
    deployment.responses["/models"] = [Response(302, "", {"Location": "https://elsewhere.example/login"})]
    with pytest.raises(Problem, match="not_the_api"):
        Client(deployment.url).models()


def test_without_a_deployment_the_constructor_says_how_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIGHTLINE_API", raising=False)
    with pytest.raises(EndpointError) as raised:
        Client()
    assert (raised.value.code, "SIGHTLINE_API" in raised.value.remedy) == ("no_deployment", True)


def test_an_interrupted_client_raises(deployment: Deployment) -> None:
    deployment.responses["/models"] = [Response(503)] * 9
    client = Client(deployment.url)
    client.interrupt()
    with pytest.raises(Interrupted):
        client.models()


def test_exported_files_are_returned(deployment: Deployment, tmp_path: Path) -> None:
    deployment.export_parts = [7, 2]
    files = Client(deployment.url).images.export(tmp_path / "a.csv", format="csv")
    assert [(file.path.name, file.images) for file in files] == [("a-1.csv", 7), ("a-2.csv", 2)]
