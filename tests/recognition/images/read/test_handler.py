"""The routes that read, under moto."""

import json
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from domain.image import image_key
from tests.builders import IMAGE_ID, Context, http_request, s3_event, sqs_event
from tests.recognition.conftest import Account


def call(module: ModuleType, route: str, **request: Any) -> tuple[int, dict[str, Any]]:
    """Return status and JSON of the response."""
    response = module.handler(http_request(route, **request), Context())
    return response["statusCode"], json.loads(response["body"])


@pytest.fixture
def recognized(account: Account, recognize: ModuleType) -> str:
    """Return the ID of a recognized image of ann's."""
    key = image_key("ann", IMAGE_ID, "cat.jpg")
    account.put(key)
    recognize.handler(sqs_event(s3_event(key)), Context())
    return IMAGE_ID


def get(module: ModuleType, image_id: str, **request: Any) -> tuple[int, dict[str, Any]]:
    return call(module, "GET /images/{image_id}", path={"image_id": image_id}, **request)


def test_a_recognized_image_is_shown_with_its_links(images: ModuleType, recognized: str) -> None:
    status, shown = get(images, recognized, owner="ann")
    assert (status, shown["status"], shown["name"]) == (200, "recognized", "cat.jpg")
    assert shown["recognition"]["model"]["name"] == "animals"
    assert (shown["recognition"]["asked"], shown["recognition"]["detector"]) == ("edge", "edge")
    assert shown["links"]["self"] == f"https://api.example/images/{recognized}"
    assert "X-Amz-Signature" in shown["links"]["original"]


def test_top_k_and_min_confidence_limit_the_detections(images: ModuleType, recognized: str) -> None:
    _, best = get(images, recognized, owner="ann", query={"top_k": "1"})
    assert [detection["label"] for detection in best["recognition"]["detections"]] == ["cat"]
    _, confident = get(images, recognized, owner="ann", query={"min_confidence": "0.95"})
    assert confident["recognition"]["detections"] == []


def test_the_list_leaves_out_outlines(account: Account, images: ModuleType, recognize: ModuleType) -> None:
    key = image_key("ann", IMAGE_ID, "cat.outlined")
    account.put(key)
    recognize.handler(sqs_event(s3_event(key)), Context())
    (listed,) = call(images, "GET /images", owner="ann")[1]["items"]
    _, alone = get(images, IMAGE_ID, owner="ann")
    assert set(listed["recognition"]["detections"][0]) == {"label", "confidence"}
    assert alone["recognition"]["detections"][0]["outline"] == [[[0, 0], [1, 0], [1, 1]]]


def test_another_owner_does_not_see_the_image(images: ModuleType, recognized: str) -> None:
    status, problem = get(images, recognized, owner="bob")
    assert (status, problem["code"]) == (404, "no_such_image")
    assert call(images, "GET /images", owner="bob")[1]["items"] == []


@pytest.mark.parametrize("image_id", ["x", "img_" + "0" * 31, "img_" + "0" * 2000, "sub_" + "0" * 32])
def test_an_invalid_id_is_no_image(images: ModuleType, image_id: str) -> None:
    status, problem = get(images, image_id)
    assert (status, problem["code"]) == (404, "no_such_image")


def test_an_image_without_an_entry_is_queued(account: Account, images: ModuleType) -> None:
    account.put(image_key("public", IMAGE_ID, "čičė +%.jpg"))
    status, shown = get(images, IMAGE_ID)
    assert (status, shown["status"], shown["name"]) == (200, "queued", "čičė +%.jpg")


def test_the_list_is_paged_by_a_cursor(account: Account, images: ModuleType, recognize: ModuleType) -> None:
    keys = [image_key("ann", f"img_{n:032x}", f"{n}.jpg") for n in range(3)]
    recognize.handler(sqs_event(*map(s3_event, keys)), Context())
    _, first = call(images, "GET /images", owner="ann", query={"limit": "2"})
    assert [item["name"] for item in first["items"]] == ["2.jpg", "1.jpg"]
    _, rest = call(images, "GET /images", owner="ann", query={"limit": "2", "cursor": first["next_cursor"]})
    assert [item["name"] for item in rest["items"]] == ["0.jpg"]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": "0"}, "invalid_limit"),
        ({"limit": "101"}, "invalid_limit"),
        ({"limit": "two"}, "invalid_limit"),
        ({"cursor": "é"}, "invalid_cursor"),
        ({"cursor": "////"}, "invalid_cursor"),
        ({"cursor": "!"}, "invalid_cursor"),
        ({"cursor": "aW1n" * 600}, "invalid_cursor"),
        ({"top_k": "0"}, "invalid_options"),
        ({"color": "red"}, "unknown_parameter"),
    ],
)
def test_an_invalid_query_is_refused(images: ModuleType, query: dict[str, str], code: str) -> None:
    status, problem = call(images, "GET /images", query=query)
    assert (status, problem["code"], problem["retryable"]) == (400, code, False)


def test_models_lists_the_models_of_every_detector(images: ModuleType) -> None:
    status, listed = call(images, "GET /models")
    assert status == 200
    assert [(item["detector"], item["name"]) for item in listed["items"]] == [
        ("edge", "animals"),
        ("rekognition", "rekognition-labels"),
    ]
    assert listed["detectors"] == ["edge", "rekognition", "cascade"]


def test_the_problem_of_an_unavailable_edge_function_says_when_to_retry(
    images: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(**arguments: Any) -> None:
        raise ReadTimeoutError(endpoint_url="")

    monkeypatch.setattr(images.edge._lambda, "invoke", down)
    response = images.handler(http_request("GET /models"), Context())
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (503, "models_unavailable")
    assert "retry-after" in response["headers"]
