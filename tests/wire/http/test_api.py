import base64
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import http_request
from tests.hostile_json import NO_JSON
from wire.http import api
from wire.http.api import ApiError, Request, Response, json_response, respond


def responded(route: Any, **given: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    response = respond({"GET /x": route}, http_request("GET /x", **given))
    return response["statusCode"], json.loads(response["body"]), response["headers"]


def refuse(request: Request) -> Response:
    raise ApiError(409, "already_there", "It is there already.", retryable=True)


def fail(request: Request) -> Response:
    raise RuntimeError("the password is swordfish")


def test_a_route_is_found_by_its_key() -> None:
    assert responded(lambda request: json_response(200, {"ü": 1}))[:2] == (200, {"ü": 1})


def test_a_refusal_is_a_problem_with_a_stable_code() -> None:
    status, body, headers = responded(refuse)
    assert (status, headers["content-type"]) == (409, "application/problem+json")
    assert body == {
        "type": "about:blank",
        "title": "Already there",
        "status": 409,
        "code": "already_there",
        "detail": "It is there already.",
        "retryable": True,
    }


def test_every_response_has_the_request_id_of_the_logs() -> None:
    for route in (lambda request: json_response(200, {}), refuse, fail):
        assert responded(route)[2]["x-request-id"] == "request-1"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    """A function that returns the log lines so far."""
    log = io.StringIO()
    monkeypatch.setattr(api.logger.registered_handler, "stream", log)
    return lambda: [json.loads(line) for line in log.getvalue().splitlines()]


IMAGE = "img_" + "0" * 32


@pytest.mark.parametrize(
    ("path", "correlation_id"),
    [({}, "request-1"), ({"image_id": IMAGE}, IMAGE), ({"image_id": "a secret put here"}, "request-1")],
    ids=["no image", "an image", "no id"],
)
def test_the_lines_of_a_request_have_the_id_of_its_image_or_else_its_own(
    logged: Callable[[], list[dict[str, Any]]], path: dict[str, str], correlation_id: str
) -> None:
    responded(fail, path=path)
    lines = logged()
    assert len(lines) == 2
    assert {(line["correlation_id"], line["request_id"]) for line in lines} == {(correlation_id, "request-1")}


def test_the_lines_after_a_new_image_have_its_id(
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    def upload(request: Request) -> Response:
        api.correlate_with(IMAGE)
        return json_response(202, {})

    responded(upload)
    responded(lambda request: json_response(200, {}))
    assert [line["correlation_id"] for line in logged()] == [IMAGE, "request-1"]


def test_a_503_has_a_retry_after_header() -> None:
    def busy(request: Request) -> Response:
        raise ApiError(503, "busy", "Not now.", retryable=True)

    assert int(responded(busy)[2]["retry-after"]) > 0
    assert "retry-after" not in responded(refuse)[2]


def test_an_unexpected_error_reveals_nothing_to_the_caller(capsys: pytest.CaptureFixture[str]) -> None:
    status, body, _ = responded(fail)
    assert (status, body["code"], body["retryable"]) == (500, "internal_error", True)
    assert "swordfish" not in json.dumps(body)


def test_an_unknown_route_is_a_problem() -> None:
    response = respond({}, http_request("$default"))
    assert response["statusCode"] == 404
    assert json.loads(response["body"])["code"] == "no_such_route"


def test_the_owner_is_the_token_s_subject_or_public() -> None:
    assert api.owner(http_request("GET /x", owner="sub-1")) == "sub-1"
    assert api.owner(http_request("GET /x")) == "public"


def test_header_names_are_given_with_underscores() -> None:
    assert json_response(302, None, cache_control="no-store")["headers"]["cache-control"] == "no-store"


def test_a_body_is_read_as_it_was_sent() -> None:
    encoded = http_request("POST /x", body=base64.b64encode(b"\xff\x00").decode()) | {"isBase64Encoded": True}
    assert api.raw_body(encoded) == b"\xff\x00"
    assert api.raw_body(http_request("POST /x", body="ä")) == "ä".encode()
    assert api.raw_body(http_request("POST /x")) == b""


@pytest.mark.parametrize("body", [None, "", "[]", "1", "{", "null", '"text"', "\ud800"])
def test_only_a_json_object_is_a_json_body(body: str | None) -> None:
    with pytest.raises(ApiError) as refused:
        api.json_body(http_request("POST /x", body=body))
    assert (refused.value.status, refused.value.code) == (400, "invalid_json")


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_a_hostile_body_is_no_json_body(body: bytes) -> None:
    encoded = http_request("POST /x", body=base64.b64encode(body).decode()) | {"isBase64Encoded": True}
    with pytest.raises(ApiError) as refused:
        api.json_body(encoded)
    assert (refused.value.status, refused.value.code) == (400, "invalid_json")


def test_a_name_that_an_error_repeats_is_clipped_and_printable() -> None:
    for name, shown in (("x" * 99, f"'{'x' * 40}'…"), ("a\nb\u202e\ud800", r"'a\nb\u202e\ud800'")):
        with pytest.raises(ApiError) as field:
            api.only_fields({name: 1}, "url")
        with pytest.raises(ApiError) as parameter:
            api.only_query(http_request("GET /x") | {"queryStringParameters": {name: "1"}}, "url")
        assert (field.value.detail, parameter.value.detail) == (
            f"Unknown field {shown}; this route has: url.",
            f"Unknown parameter {shown}; this route has: url.",
        )


@pytest.mark.parametrize(
    ("raw", "joined"),
    [
        ("label=cat&label=dog", {"label": "cat,dog"}),
        ("label=cat&label=cat", {"label": "cat,cat"}),
        ("label=&label=", {"label": ","}),
        ("label=cat&l%61bel=dog", {"label": "cat,dog"}),
        ("top_k=1&label=cat&top_k=2", {"label": "cat", "top_k": "1,2"}),
    ],
)
def test_a_parameter_may_occur_only_once(raw: str, joined: dict[str, str]) -> None:
    request = http_request("GET /x") | {"rawQueryString": raw, "queryStringParameters": joined}
    with pytest.raises(ApiError) as refused:
        api.only_query(request, "label", "top_k")
    assert (refused.value.status, refused.value.code) == (400, "repeated_parameter")


def test_a_parameter_may_hold_a_comma_and_an_equals_sign() -> None:
    api.only_query(
        http_request("GET /x", query={"label": "cat,dog&label=x", "url": "https://a.example/?a=1&a=2"}), "label", "url"
    )


def test_a_head_gets_the_response_to_a_get_without_its_body() -> None:
    routes = {"GET /x": lambda request: json_response(200, {"route": request["routeKey"]}, location="/y")}
    got, asked = (respond(routes, http_request(f"{method} /x")) for method in ("GET", "HEAD"))
    assert json.loads(got["body"]) == {"route": "GET /x"}
    assert asked == {name: value for name, value in got.items() if name != "body"}


def test_a_refused_head_has_no_body_either() -> None:
    response = respond({"GET /x": refuse}, http_request("HEAD /x"))
    assert (response["statusCode"], "body" in response) == (409, False)


def test_parameters_are_read_by_name() -> None:
    request = http_request("GET /x/{id}", path={"id": "img_1"}, query={"name": "ä b"})
    assert api.path(request, "id") == "img_1"
    assert api.query(request, "name") == "ä b"
    assert api.query(request, "other") is None
    assert api.query(http_request("GET /x"), "name") is None
