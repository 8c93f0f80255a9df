"""The routes of pictures derived from an image, under moto."""

import io
import json
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from domain.image import image_key
from domain.options import Options
from domain.recognition import Box, Detection, Model, Recognition
from recognition.detectors.runtime.edge.derived_pictures import drawn_detections
from recognition.results.runtime.entry import Entry
from tests.builders import IMAGE_ID, Context, http_request, image, s3_event, sqs_event
from tests.recognition.conftest import Account

ANNOTATED, THUMBNAIL = "GET /images/{image_id}/annotated", "GET /images/{image_id}/thumbnail"
DOUBTFUL = Recognition(
    "edge",
    Model("boxes", "1.0.0"),
    (Detection("cat", 0.9, Box(0, 0, 1, 1)), Detection("dog", 0.2, Box(0, 0, 1, 1)), Detection("lawn", 0.1)),
    duration_ms=1,
)


def call(module: ModuleType, route: str, image_id: str = IMAGE_ID, **request: Any) -> dict[str, Any]:
    response: dict[str, Any] = module.handler(http_request(route, path={"image_id": image_id}, **request), Context())
    return response


def problem(module: ModuleType, route: str, **request: Any) -> tuple[int, str, bool]:
    response = call(module, route, **request)
    body = json.loads(response["body"])
    return response["statusCode"], body["code"], body["retryable"]


def key_of(response: dict[str, Any]) -> str:
    """Return the key of the object that a redirect opens."""
    assert response["statusCode"] == 302, response["body"]
    link = urlsplit(str(response["headers"]["location"]))
    assert "X-Amz-Signature" in link.query
    assert "X-Amz-Expires=3600" in link.query
    return link.path.removeprefix("/derived").lstrip("/")


def upload(account: Account, recognize: ModuleType, name: str = "cat.jpg") -> None:
    account.put(key := image_key("ann", IMAGE_ID, name))
    recognize.handler(sqs_event(s3_event(key)), Context())


@pytest.fixture
def recognized(account: Account, recognize: ModuleType) -> None:
    upload(account, recognize)


@pytest.mark.usefixtures("recognized")
def test_a_recognized_image_has_links_to_its_pictures(images: ModuleType) -> None:
    links = json.loads(call(images, "GET /images/{image_id}", owner="ann")["body"])["links"]
    assert links["annotated"] == f"https://api.example/images/{IMAGE_ID}/annotated"
    assert links["thumbnail"] == f"https://api.example/images/{IMAGE_ID}/thumbnail"


@pytest.mark.usefixtures("recognized")
def test_a_thumbnail_is_derived_once(account: Account, images: ModuleType) -> None:
    keys = {key_of(call(images, THUMBNAIL, owner="ann")) for _ in range(2)}
    (picture,) = account.edge.derived()
    assert keys == {picture["into"]["key"]}
    assert picture["into"]["key"].startswith(f"ann/{IMAGE_ID}/thumbnail-")
    assert (picture["kind"], picture["key"], picture["version"]) == (
        "thumbnail",
        image_key("ann", IMAGE_ID, "cat.jpg"),
        "v1",
    )


@pytest.mark.usefixtures("recognized")
def test_an_annotated_picture_is_derived_with_the_detections(account: Account, images: ModuleType) -> None:
    key_of(call(images, ANNOTATED, owner="ann"))
    (picture,) = account.edge.derived()
    assert picture["detections"] == [{"label": "cat", "confidence": 0.9}, {"label": "dog", "confidence": 0.1}]


@pytest.mark.usefixtures("recognized")
def test_other_options_derive_another_picture(account: Account, images: ModuleType) -> None:
    queries = [{}, {"top_k": "1"}, {"min_confidence": "0.95"}]
    assert len({key_of(call(images, ANNOTATED, owner="ann", query=query)) for query in queries}) == 3
    assert [len(picture["detections"]) for picture in account.edge.derived()] == [2, 1, 0]


def test_a_doubtful_box_is_drawn_only_when_asked_for() -> None:
    entry = Entry(image(), DOUBTFUL, "2026-11-21T12:00:00Z", Options())
    assert [detection["label"] for detection in drawn_detections(entry, Options())] == ["cat", "lawn"]
    assert [detection["label"] for detection in drawn_detections(entry, Options(min_confidence=0.15))] == ["cat", "dog"]
    sent_with = Entry(image(), DOUBTFUL, "2026-11-21T12:00:00Z", Options(min_confidence=0.0))
    assert len(drawn_detections(sent_with, Options())) == 3


@pytest.mark.parametrize("route", [ANNOTATED, THUMBNAIL])
def test_an_image_that_does_not_exist_has_no_pictures(images: ModuleType, route: str) -> None:
    assert problem(images, route) == (404, "no_such_image", False)
    assert problem(images, route, image_id="x") == (404, "no_such_image", False)


@pytest.mark.usefixtures("recognized")
@pytest.mark.parametrize("route", [ANNOTATED, THUMBNAIL])
def test_another_owner_does_not_see_the_pictures(account: Account, images: ModuleType, route: str) -> None:
    assert problem(images, route, owner="bob") == (404, "no_such_image", False)
    assert account.edge.derived() == []


@pytest.mark.parametrize("route", [ANNOTATED, THUMBNAIL])
def test_the_pictures_of_an_image_without_a_result_may_be_requested_later(
    account: Account, images: ModuleType, route: str
) -> None:
    account.put(image_key("public", IMAGE_ID, "cat.jpg"))
    assert problem(images, route) == (409, "not_recognized", True)


def test_a_rejected_image_has_no_pictures(account: Account, images: ModuleType, recognize: ModuleType) -> None:
    upload(account, recognize, "notes.txt")
    assert problem(images, ANNOTATED, owner="ann") == (409, "not_recognized", False)
    assert set(json.loads(call(images, "GET /images/{image_id}", owner="ann")["body"])["links"]) == {"self", "original"}


@pytest.mark.usefixtures("recognized")
@pytest.mark.parametrize(("retryable", "status"), [(False, 409), (True, 503)])
def test_an_error_of_the_edge_function_is_returned(
    account: Account, images: ModuleType, monkeypatch: pytest.MonkeyPatch, retryable: bool, status: int
) -> None:
    error = {"code": "too_many_pixels", "detail": "Too many.", "retryable": retryable}
    monkeypatch.setattr(account.edge, "_picture", lambda request: {"error": error})
    assert problem(images, THUMBNAIL, owner="ann") == (status, "too_many_pixels", retryable)


@pytest.mark.usefixtures("recognized")
def test_a_failure_of_the_edge_function_is_retryable(
    account: Account, images: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "out of memory"}')}
    monkeypatch.setattr(account.edge, "invoke", lambda **arguments: failed)
    assert problem(images, THUMBNAIL, owner="ann") == (503, "models_unavailable", True)


@pytest.mark.usefixtures("recognized")
@pytest.mark.parametrize(("route", "query"), [(THUMBNAIL, {"top_k": "1"}), (ANNOTATED, {"color": "red"})])
def test_an_unknown_parameter_is_refused(images: ModuleType, route: str, query: dict[str, str]) -> None:
    assert problem(images, route, owner="ann", query=query) == (400, "unknown_parameter", False)
