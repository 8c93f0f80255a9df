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
"""Neither path nor query, no header, no claim of a token: a route's key names what was asked without its values."""


def logged() -> dict[str, Any]:
    ((_, stage),) = resources("AWS::ApiGatewayV2::Stage")
    entry: dict[str, Any] = json.loads(stage["Properties"]["AccessLogSettings"]["Format"])
    return entry


def test_nothing_that_a_caller_sends_is_written_down() -> None:
    assert set(logged().values()) <= HARMLESS


def test_a_line_is_joined_to_the_functions_logs_by_the_request_s_id() -> None:
    assert logged()["requestId"] == "$context.requestId"


def test_browsers_may_read_the_id_a_request_is_found_by() -> None:
    ((_, api),) = resources("AWS::ApiGatewayV2::Api")
    assert "x-request-id" in api["Properties"]["CorsConfiguration"]["ExposeHeaders"]
