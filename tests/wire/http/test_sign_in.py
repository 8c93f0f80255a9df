"""Sign-in: every route but the open ones needs the authorizer's result; without AUTH, too."""

import json
from typing import Any

import pytest

from tests.builders import http_request
from wire.http import api
from wire.http.api import Request, Response, json_response, respond
from wire.http.sign_in import OPEN_ROUTES


def whose(request: Request) -> Response:
    return json_response(200, {"owner": api.owner(request)})


def answered(route: str = "GET /x", **identity: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    request = http_request(route)
    request["requestContext"]["authorizer"] = {"lambda": identity}
    answer = respond({route: whose}, request)
    return answer["statusCode"], json.loads(answer["body"]), answer["headers"]


@pytest.fixture(params=["cognito", "true", "", None])
def guarded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way of AUTH that is not the plain word that nobody signs in."""
    if request.param is None:
        monkeypatch.delenv("AUTH")
    else:
        monkeypatch.setenv("AUTH", request.param)


@pytest.mark.usefixtures("guarded")
def test_who_has_a_verified_token_is_its_owner() -> None:
    assert answered(sub="ann")[:2] == (200, {"owner": "ann"})


@pytest.mark.usefixtures("guarded")
def test_a_refusal_is_a_problem_with_the_authorizer_s_code_and_a_challenge() -> None:
    status, body, headers = answered(refusal="token_expired", detail="The token has expired.")
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
def test_who_sent_no_token_is_told_of_no_error() -> None:
    status, _, headers = answered(refusal="token_missing", detail="Send one.")
    assert (status, headers["www-authenticate"]) == (401, 'Bearer realm="sightline"')


@pytest.mark.usefixtures("guarded")
def test_while_tokens_cannot_be_judged_the_caller_may_come_again() -> None:
    status, body, headers = answered(refusal="keys_unavailable", detail="Not now.")
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
def test_a_request_that_nobody_has_judged_is_refused(authorizer: Any) -> None:
    request = http_request("GET /x")
    if authorizer is not None:
        request["requestContext"]["authorizer"] = authorizer
    answer = respond({"GET /x": lambda request: json_response(200, "reached")}, request)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (401, "token_not_verified")


@pytest.mark.usefixtures("guarded")
def test_a_route_that_does_not_ask_for_the_owner_is_guarded_too() -> None:
    answer = respond({"GET /x": lambda request: json_response(200, "reached")}, http_request("GET /x"))
    assert answer["statusCode"] == 401


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("route", OPEN_ROUTES)
def test_open_routes_answer_everybody_and_belong_to_nobody(route: str) -> None:
    assert respond({route: lambda request: json_response(200, "reached")}, http_request(route))["statusCode"] == 200
    assert respond({route: whose}, http_request(route))["statusCode"] == 401


def test_where_nobody_signs_in_everything_is_everybody_s() -> None:
    assert json.loads(respond({"GET /x": whose}, http_request("GET /x"))["body"]) == {"owner": "public"}
