"""The API's access log: enough to find a request in the functions' logs, and nothing that a caller sent."""

import json
from typing import Any

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


def test_browsers_may_read_the_request_id() -> None:
    ((_, api),) = resources("AWS::ApiGatewayV2::Api")
    assert "x-request-id" in api["Properties"]["CorsConfiguration"]["ExposeHeaders"]
