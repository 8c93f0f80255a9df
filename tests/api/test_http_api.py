"""The API's access log, which holds nothing that a caller sent, and what pages of other origins may do."""

import json
from typing import Any

import pytest

from openapi.problem import HEADERS
from tests.stacks import resources

ACCESS_LOGS = "StageAccessLogs16FF859A"
"""The logical id since the first release."""

MESSAGE = "$context.error.messageString"
HARMLESS = {
    MESSAGE,
    "$context.apiId",
    "$context.authorizer.latency",
    "$context.identity.sourceIp",
    "$context.integrationLatency",
    "$context.requestId",
    "$context.requestTime",
    "$context.responseLength",
    "$context.routeKey",
    "$context.status",
}
"""Neither path nor query, no header, no claim of a token: a route key names the request without its values."""


def log_format(**settings: str) -> str:
    ((_, stage),) = resources("AWS::ApiGatewayV2::Stage", **settings)
    return str(stage["Properties"]["AccessLogSettings"]["Format"])


def logged() -> dict[str, Any]:
    """Return the fields of a line in which each variable stands for itself."""
    entry: dict[str, Any] = json.loads(line(MESSAGE))
    return entry


def line(message: str) -> str:
    """Return the format with the message of an error as API Gateway writes it: escaped, and with quotes."""
    return log_format().replace(MESSAGE, json.dumps(message))


@pytest.mark.parametrize("message", ["-", 'No "such" thing', "back\\slash", "two\nlines", "Kätzchen"])
def test_a_line_is_json_whatever_the_message_of_the_error(message: str) -> None:
    assert json.loads(line(message))["message"] == message


@pytest.mark.parametrize("stage", ["", "blue"])
def test_the_access_log_needs_no_entry_in_the_account_s_resource_policy(stage: str) -> None:
    groups = {name: group for name, group in resources("AWS::Logs::LogGroup", stage=stage) if "Access" in name}
    ((name, group),) = groups.items()
    stack = f"{stage}-APIStack" if stage else "APIStack"
    assert group["Properties"]["LogGroupName"] == f"/aws/vendedlogs/http-api/{stack}"
    ((_, http_stage),) = resources("AWS::ApiGatewayV2::Stage", stage=stage)
    target = http_stage["Properties"]["AccessLogSettings"]["DestinationArn"]
    assert target == {"Fn::GetAtt": [name.split("/")[1], "Arn"]}


def test_the_access_log_of_an_earlier_release_is_kept() -> None:
    (group,) = [group for name, group in resources("AWS::Logs::LogGroup") if name == f"APIStack/{ACCESS_LOGS}"]
    assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == ("Delete", "Retain")


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
