import base64
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import http_request
from wire.http import api
from wire.http.api import ApiError, Request, Response, json_response, respond


def answered(route: Any, **given: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    answer = respond({"GET /x": route}, http_request("GET /x", **given))
    return answer["statusCode"], json.loads(answer["body"]), answer["headers"]


def refuse(request: Request) -> Response:
    raise ApiError(409, "already_there", "It is there already.", retryable=True)


def fail(request: Request) -> Response:
    raise RuntimeError("the password is swordfish")


def test_a_route_is_found_by_its_key() -> None:
    assert answered(lambda request: json_response(200, {"ü": 1}))[:2] == (200, {"ü": 1})


def test_a_refusal_leaves_as_a_problem_with_a_stable_code() -> None:
    status, body, headers = answered(refuse)
    assert (status, headers["content-type"]) == (409, "application/problem+json")
    assert body == {
        "type": "about:blank",
        "title": "Already there",
        "status": 409,
        "code": "already_there",
        "detail": "It is there already.",
        "retryable": True,
    }


def test_every_answer_says_by_which_id_its_request_is_found_in_the_logs() -> None:
    for route in (lambda request: json_response(200, {}), refuse, fail):
        assert answered(route)[2]["x-request-id"] == "request-1"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    """What the log holds by the end."""
    log = io.StringIO()
    monkeypatch.setattr(api.logger.registered_handler, "stream", log)
    return lambda: [json.loads(line) for line in log.getvalue().splitlines()]


IMAGE = "img_" + "0" * 32


@pytest.mark.parametrize(
    ("path", "correlation_id"),
    [({}, "request-1"), ({"image_id": IMAGE}, IMAGE), ({"image_id": "a secret put here"}, "request-1")],
    ids=["no image", "an image", "no id"],
)
def test_a_request_s_lines_bear_the_id_of_its_image_or_else_its_own(
    logged: Callable[[], list[dict[str, Any]]], path: dict[str, str], correlation_id: str
) -> None:
    answered(fail, path=path)
    lines = logged()
    assert len(lines) == 2
    assert {(line["correlation_id"], line["request_id"]) for line in lines} == {(correlation_id, "request-1")}


def test_a_request_that_makes_an_image_is_about_it_from_there_on(
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    def upload(request: Request) -> Response:
        api.correlate_with(IMAGE)
        return json_response(202, {})

    answered(upload)
    answered(lambda request: json_response(200, {}))
    assert [line["correlation_id"] for line in logged()] == [IMAGE, "request-1"]


def test_who_may_try_again_later_is_told_when() -> None:
    def busy(request: Request) -> Response:
        raise ApiError(503, "busy", "Not now.", retryable=True)

    assert int(answered(busy)[2]["retry-after"]) > 0
    assert "retry-after" not in answered(refuse)[2]


def test_what_nobody_foresaw_is_logged_and_told_to_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    status, body, _ = answered(fail)
    assert (status, body["code"], body["retryable"]) == (500, "internal_error", True)
    assert "swordfish" not in json.dumps(body)


def test_a_route_that_is_not_there_is_a_problem_too() -> None:
    answer = respond({}, http_request("$default"))
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["code"] == "no_such_route"


def test_the_owner_is_the_token_s_subject_or_everybody() -> None:
    assert api.owner(http_request("GET /x", owner="sub-1")) == "sub-1"
    assert api.owner(http_request("GET /x")) == "public"


def test_header_names_are_given_with_underscores() -> None:
    assert json_response(302, None, cache_control="no-store")["headers"]["cache-control"] == "no-store"


def test_a_body_is_read_as_it_was_sent() -> None:
    encoded = http_request("POST /x", body=base64.b64encode(b"\xff\x00").decode()) | {"isBase64Encoded": True}
    assert api.raw_body(encoded) == b"\xff\x00"
    assert api.raw_body(http_request("POST /x", body="ä")) == "ä".encode()
    assert api.raw_body(http_request("POST /x")) == b""


@pytest.mark.parametrize("body", [None, "", "[]", "1", "{", "null", '"text"'])
def test_only_a_json_object_is_a_json_body(body: str | None) -> None:
    with pytest.raises(ApiError) as refused:
        api.json_body(http_request("POST /x", body=body))
    assert (refused.value.status, refused.value.code) == (400, "invalid_json")


def test_parameters_are_read_by_name() -> None:
    request = http_request("GET /x/{id}", path={"id": "img_1"}, query={"name": "ä b"})
    assert api.path(request, "id") == "img_1"
    assert api.query(request, "name") == "ä b"
    assert api.query(request, "other") is None
    assert api.query(http_request("GET /x"), "name") is None
