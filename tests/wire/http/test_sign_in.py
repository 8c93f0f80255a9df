"""Sign-in: every route except for the open ones needs the authorizer's result, unless AUTH is `none`."""

import json
from typing import Any

import pytest

from tests.builders import http_request
from wire.http import api
from wire.http.api import Request, Response, json_response, respond
from wire.http.sign_in import OPEN_ROUTES


def owner_of(request: Request) -> Response:
    return json_response(200, {"owner": api.owner(request)})


def responded(route: str = "GET /x", **identity: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    request = http_request(route)
    request["requestContext"]["authorizer"] = {"lambda": identity}
    response = respond({route: owner_of}, request)
    return response["statusCode"], json.loads(response["body"]), response["headers"]


@pytest.fixture(params=["cognito", "true", "", None])
def guarded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable AUTH with each value other than `none`, and missing."""
    if request.param is None:
        monkeypatch.delenv("AUTH")
    else:
        monkeypatch.setenv("AUTH", request.param)


@pytest.mark.usefixtures("guarded")
def test_the_subject_of_a_verified_token_is_the_owner() -> None:
    assert responded(sub="ann")[:2] == (200, {"owner": "ann"})


@pytest.mark.usefixtures("guarded")
def test_a_refusal_is_a_problem_with_the_authorizer_s_code_and_a_challenge() -> None:
    status, body, headers = responded(refusal="token_expired", detail="The token has expired.")
    assert (status, body["code"], body["detail"], body["retryable"]) == (
        401,
        "token_expired",
        "The token has expired.",
        False,
    )
    assert headers["content-type"] == "application/problem+json"
    assert headers["www-authenticate"] == (
        'Bearer realm="sightline", error="invalid_token", error_description="The token has expired."'
    )


@pytest.mark.usefixtures("guarded")
def test_the_challenge_without_a_token_names_no_error() -> None:
    status, _, headers = responded(refusal="token_missing", detail="Send one.")
    assert (status, headers["www-authenticate"]) == (401, 'Bearer realm="sightline"')


@pytest.mark.usefixtures("guarded")
def test_a_request_is_retryable_while_tokens_cannot_be_verified() -> None:
    status, body, headers = responded(refusal="keys_unavailable", detail="Not now.")
    assert (status, body["code"], body["retryable"]) == (503, "keys_unavailable", True)
    assert int(headers["retry-after"]) > 0
    assert "www-authenticate" not in headers


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize(
    "authorizer",
    [
        None,
        {},
        {"lambda": None},
        {"lambda": {}},
        {"lambda": {"sub": ""}},
        {"lambda": {"owner": "ann"}},
        {"jwt": {"claims": {"sub": "ann"}}},
        {"principalId": "ann"},
    ],
)
def test_a_request_without_a_result_of_the_authorizer_is_refused(authorizer: Any) -> None:
    request = http_request("GET /x")
    if authorizer is not None:
        request["requestContext"]["authorizer"] = authorizer
    response = respond({"GET /x": lambda request: json_response(200, "reached")}, request)
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (401, "token_not_verified")


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("sub", ["*", "a/b", "public", "a" * 129, 7, None])
def test_an_owner_that_cannot_begin_a_key_is_refused(sub: object) -> None:
    request = http_request("GET /x")
    request["requestContext"]["authorizer"] = {"lambda": {"sub": sub}}
    response = respond({"GET /x": owner_of}, request)
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (401, "token_not_verified")


@pytest.mark.usefixtures("guarded")
def test_a_head_needs_a_token_where_the_get_does() -> None:
    routes = {key: lambda request: json_response(200, "reached") for key in ("GET /x", "GET /health")}
    assert [respond(routes, http_request(f"HEAD {path}"))["statusCode"] for path in ("/x", "/health")] == [401, 200]


@pytest.mark.usefixtures("guarded")
def test_a_route_that_does_not_use_the_owner_is_guarded_too() -> None:
    response = respond({"GET /x": lambda request: json_response(200, "reached")}, http_request("GET /x"))
    assert response["statusCode"] == 401


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("route", OPEN_ROUTES)
def test_open_routes_need_no_token_and_have_no_owner(route: str) -> None:
    assert respond({route: lambda request: json_response(200, "reached")}, http_request(route))["statusCode"] == 200
    assert respond({route: owner_of}, http_request(route))["statusCode"] == 401


def test_without_sign_in_the_owner_is_public() -> None:
    assert json.loads(respond({"GET /x": owner_of}, http_request("GET /x"))["body"]) == {"owner": "public"}
