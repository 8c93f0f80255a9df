"""The API's access log, which holds nothing that a caller sent, and what pages of other origins may do."""

import json
from typing import Any

import pytest

from openapi.problem import HEADERS
from tests.stacks import resources

HARMLESS = {
    "$context.error.message",
    "$context.identity.sourceIp",
    "$context.integrationLatency",
    "$context.requestId",
    "$context.requestTime",
    "$context.responseLength",
    "$context.routeKey",
    "$context.status",
}
"""Neither path nor query, no header, no claim of a token: a route key names the request without its values."""


def logged() -> dict[str, Any]:
    ((_, stage),) = resources("AWS::ApiGatewayV2::Stage")
    entry: dict[str, Any] = json.loads(stage["Properties"]["AccessLogSettings"]["Format"])
    return entry


def test_the_access_log_holds_nothing_that_a_caller_sends() -> None:
    assert set(logged().values()) <= HARMLESS


def test_a_line_has_the_request_id_of_the_functions_logs() -> None:
    assert logged()["requestId"] == "$context.requestId"


def cors() -> dict[str, Any]:
    ((_, api),) = resources("AWS::ApiGatewayV2::Api")
    configuration: dict[str, Any] = api["Properties"]["CorsConfiguration"]
    return configuration


def test_browsers_may_read_every_header_that_a_response_is_described_with() -> None:
    assert set(HEADERS) <= set(cors()["ExposeHeaders"])
    assert "x-amzn-remapped-www-authenticate" in cors()["ExposeHeaders"]


def test_pages_of_any_origin_may_send_a_token_and_json_by_every_method() -> None:
    assert (cors()["AllowOrigins"], cors()["AllowMethods"]) == (["*"], ["*"])
    assert set(cors()["AllowHeaders"]) == {"authorization", "content-type"}


@pytest.mark.parametrize(
    ("bucket", "methods"), [("Images", {"GET", "POST"}), ("Derived", {"GET"}), ("Models", set()), ("AccessLogs", set())]
)
def test_pages_of_the_api_s_origins_may_use_the_buckets_of_pictures(bucket: str, methods: set[str]) -> None:
    (found,) = [
        resource["Properties"]
        for name, resource in resources("AWS::S3::Bucket")
        if name.split("/")[1].rstrip("0123456789ABCDEF") == bucket
    ]
    rules = found.get("CorsConfiguration", {"CorsRules": []})["CorsRules"]
    assert {method for rule in rules for method in rule["AllowedMethods"]} == methods
    assert all(rule["AllowedOrigins"] == cors()["AllowOrigins"] for rule in rules)
