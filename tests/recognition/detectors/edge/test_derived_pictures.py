"""The routes that lead to pictures made of an image, under moto."""

import io
import json
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from domain.image import image_key
from domain.options import Options
from domain.recognition import Box, Detection, Model, Recognition
from recognition.detectors.runtime.edge.derived_pictures import drawn
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


def ask(module: ModuleType, route: str, image_id: str = IMAGE_ID, **given: Any) -> dict[str, Any]:
    answer: dict[str, Any] = module.handler(http_request(route, path={"image_id": image_id}, **given), Context())
    return answer


def problem(module: ModuleType, route: str, **given: Any) -> tuple[int, str, bool]:
    answer = ask(module, route, **given)
    said = json.loads(answer["body"])
    return answer["statusCode"], said["code"], said["retryable"]


def key_of(answer: dict[str, Any]) -> str:
    """The object that a redirect leads to."""
    assert answer["statusCode"] == 302, answer["body"]
    link = urlsplit(str(answer["headers"]["location"]))
    assert "X-Amz-Signature" in link.query
    assert "X-Amz-Expires=3600" in link.query
    return link.path.removeprefix("/derived").lstrip("/")


def recognise(account: Account, recognize: ModuleType, name: str = "cat.jpg") -> None:
    account.put(key := image_key("ann", IMAGE_ID, name))
    recognize.handler(sqs_event(s3_event(key)), Context())


@pytest.fixture
def recognized(account: Account, recognize: ModuleType) -> None:
    recognise(account, recognize)


@pytest.mark.usefixtures("recognized")
def test_a_recognised_image_tells_where_its_pictures_are(images: ModuleType) -> None:
    links = json.loads(ask(images, "GET /images/{image_id}", owner="ann")["body"])["links"]
    assert links["annotated"] == f"https://api.example/images/{IMAGE_ID}/annotated"
    assert links["thumbnail"] == f"https://api.example/images/{IMAGE_ID}/thumbnail"


@pytest.mark.usefixtures("recognized")
def test_a_thumbnail_is_made_when_first_asked_for_and_not_again(account: Account, images: ModuleType) -> None:
    keys = {key_of(ask(images, THUMBNAIL, owner="ann")) for _ in range(2)}
    (made,) = account.edge.derived()
    assert keys == {made["into"]["key"]}
    assert made["into"]["key"].startswith(f"ann/{IMAGE_ID}/thumbnail-")
    assert (made["kind"], made["key"], made["version"]) == ("thumbnail", image_key("ann", IMAGE_ID, "cat.jpg"), "v1")


@pytest.mark.usefixtures("recognized")
def test_an_annotated_picture_is_asked_for_with_what_was_seen(account: Account, images: ModuleType) -> None:
    key_of(ask(images, ANNOTATED, owner="ann"))
    (made,) = account.edge.derived()
    assert made["detections"] == [{"label": "cat", "confidence": 0.9}, {"label": "dog", "confidence": 0.1}]


@pytest.mark.usefixtures("recognized")
def test_what_a_reader_asks_makes_another_picture(account: Account, images: ModuleType) -> None:
    queries = [{}, {"top_k": "1"}, {"min_confidence": "0.95"}]
    assert len({key_of(ask(images, ANNOTATED, owner="ann", query=query)) for query in queries}) == 3
    assert [len(made["detections"]) for made in account.edge.derived()] == [2, 1, 0]


def test_a_doubtful_box_is_drawn_only_when_asked_for() -> None:
    entry = Entry(image(), DOUBTFUL, "2026-11-21T12:00:00Z", Options())
    assert [each["label"] for each in drawn(entry, Options())] == ["cat", "lawn"]
    assert [each["label"] for each in drawn(entry, Options(min_confidence=0.15))] == ["cat", "dog"]
    sent_with = Entry(image(), DOUBTFUL, "2026-11-21T12:00:00Z", Options(min_confidence=0.0))
    assert len(drawn(sent_with, Options())) == 3


@pytest.mark.parametrize("route", [ANNOTATED, THUMBNAIL])
def test_an_image_nobody_has_has_no_pictures(images: ModuleType, route: str) -> None:
    assert problem(images, route) == (404, "no_such_image", False)
    assert problem(images, route, image_id="x") == (404, "no_such_image", False)


@pytest.mark.usefixtures("recognized")
@pytest.mark.parametrize("route", [ANNOTATED, THUMBNAIL])
def test_another_owner_does_not_see_them(account: Account, images: ModuleType, route: str) -> None:
    assert problem(images, route, owner="bob") == (404, "no_such_image", False)
    assert account.edge.derived() == []


@pytest.mark.parametrize("route", [ANNOTATED, THUMBNAIL])
def test_an_image_without_an_answer_may_be_asked_for_later(account: Account, images: ModuleType, route: str) -> None:
    account.put(image_key("public", IMAGE_ID, "cat.jpg"))
    assert problem(images, route) == (409, "not_recognized", True)


def test_a_rejected_image_has_no_pictures(account: Account, images: ModuleType, recognize: ModuleType) -> None:
    recognise(account, recognize, "notes.txt")
    assert problem(images, ANNOTATED, owner="ann") == (409, "not_recognized", False)
    assert set(json.loads(ask(images, "GET /images/{image_id}", owner="ann")["body"])["links"]) == {"self", "original"}


@pytest.mark.usefixtures("recognized")
@pytest.mark.parametrize(("retryable", "status"), [(False, 409), (True, 503)])
def test_what_the_edge_function_says_is_told(
    account: Account, images: ModuleType, monkeypatch: pytest.MonkeyPatch, retryable: bool, status: int
) -> None:
    error = {"code": "too_many_pixels", "detail": "Too many.", "retryable": retryable}
    monkeypatch.setattr(account.edge, "_picture", lambda asked: {"error": error})
    assert problem(images, THUMBNAIL, owner="ann") == (status, "too_many_pixels", retryable)


@pytest.mark.usefixtures("recognized")
def test_an_edge_function_that_fails_is_worth_another_try(
    account: Account, images: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "out of memory"}')}
    monkeypatch.setattr(account.edge, "invoke", lambda **asked: failed)
    assert problem(images, THUMBNAIL, owner="ann") == (503, "models_unavailable", True)


@pytest.mark.usefixtures("recognized")
@pytest.mark.parametrize(("route", "query"), [(THUMBNAIL, {"top_k": "1"}), (ANNOTATED, {"colour": "red"})])
def test_a_question_that_makes_no_sense_says_so(images: ModuleType, route: str, query: dict[str, str]) -> None:
    assert problem(images, route, owner="ann", query=query) == (400, "unknown_parameter", False)
