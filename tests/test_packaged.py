"""Every handler starts and works from its bundle with nothing but the bundle and boto3 on the path."""

import base64
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.api.auth.user_pool import CLIENT, ISSUER, user_pool
from tests.benchmarks.start import ENVIRONMENT
from tests.packaged import edge_pythons, edge_zip, interpreter, python_path
from tests.photographs import photograph
from tests.stacks import resources

CALL = """
import importlib, json, sys
given = json.load(sys.stdin)
for module, name, value in given["replaced"]:
    setattr(importlib.import_module(module), name, value)
class Context:
    aws_request_id, function_name, memory_limit_in_mb, invoked_function_arn = "1", "f", 128, "arn"
    def get_remaining_time_in_millis(self):
        return 60_000
handler = importlib.import_module(given["module"]).handler
print(json.dumps([handler(event, Context()) for event in given["events"]]))
"""
"""Calls a handler with the events on stdin, and prints its results as the last line."""


def called(
    module: str,
    *events: object,
    path: str = "",
    python: str = sys.executable,
    environment: dict[str, str] | None = None,
    replaced: tuple[tuple[str, str, object], ...] = (),
) -> list[Any]:
    """Return a handler's results for these events, in a process that sees its bundle alone."""
    completed = subprocess.run(
        [python, "-S", "-P", "-c", CALL],
        env=ENVIRONMENT
        | {"PYTHONPATH": path or python_path(module), "PYTHONDONTWRITEBYTECODE": "1"}
        | (environment or {}),
        input=json.dumps({"module": module, "events": events, "replaced": replaced}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    results: list[Any] = json.loads(completed.stdout.splitlines()[-1])
    return results


def request(route: str, body: object = None, **headers: str) -> dict[str, Any]:
    """Return a request of API Gateway, payload format 2.0."""
    method, _, path = route.partition(" ")
    http = {"method": method, "path": path, "sourceIp": "192.0.2.1"}
    return {
        "routeKey": route, "rawPath": path, "rawQueryString": "", "headers": headers, "isBase64Encoded": False,
        "requestContext": {"requestId": "1", "http": http, "domainName": "a.example", "stage": "$default"},
    } | ({} if body is None else {"body": json.dumps(body)})  # fmt: skip


def handlers() -> list[str]:
    """Return the handlers of all functions of an account that are zips."""
    found = [function["Properties"].get("Handler") for _, function in resources("AWS::Lambda::Function")]
    return sorted(name for name in found if name)


@pytest.mark.parametrize("handler", handlers())
def test_a_handler_starts_from_its_bundle_alone(handler: str) -> None:
    module, function = handler.rsplit(".", 1)
    code = f"import {module}; assert callable({module}.{function}); print({module}.__file__)"
    path = python_path(module)
    completed = subprocess.run(
        [sys.executable, "-S", "-P", "-c", code],
        env=ENVIRONMENT | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    assert "/bundles/" in completed.stdout


def test_the_authorizer_verifies_a_token_from_its_bundle() -> None:
    with user_pool() as pool:
        events = [
            request("GET /images", authorization=f"Bearer {token}")
            for token in (pool.token(), f"{pool.token()[:-8]}AAAAAAAA")
        ]
        results = called(
            "api.auth.runtime.authorizer",
            *events,
            environment={"TOKEN_ISSUER": ISSUER, "USER_POOL_CLIENT_ID": CLIENT, "AWS_ENDPOINT_URL": pool.url},
            replaced=(("api.auth.runtime.tokens", "_TIMEOUT_SECONDS", 60),),  # however slow the machine
        )
    assert results[0] == {"isAuthorized": True, "context": {"sub": "ann"}}
    assert results[1]["context"]["refusal"] == "token_not_verified"


def test_the_docs_function_shows_the_description_from_its_bundle() -> None:
    page, description = called("api.docs.runtime.handler", request("GET /docs"), request("GET /openapi.json"))
    assert (page["statusCode"], description["statusCode"]) == (200, 200)
    assert json.loads(base64.b64decode(description["body"]))["openapi"].startswith("3.1")


@pytest.mark.parametrize(
    ("module", "route"),
    [
        ("api.ingest.runtime.handler", "POST /images"),
        ("recognition.classify.runtime.handler", "POST /classify"),
        ("integration.subscriptions.runtime.handler", "POST /webhooks"),
    ],
)
def test_a_route_s_function_refuses_a_bad_request_from_its_bundle(module: str, route: str) -> None:
    event = request(route, **{"content-type": "application/json"}) | {"body": "{"}
    (response,) = called(module, event)
    assert response["statusCode"] in (400, 415)
    assert json.loads(response["body"])["code"]


@pytest.mark.parametrize(
    "module",
    ["recognition.recognize.runtime.handler", "integration.dispatch.runtime.handler"],
)
def test_a_queue_s_function_reads_an_empty_batch_from_its_bundle(module: str) -> None:
    assert called(module, {"Records": []}) == [{"batchItemFailures": []}]


def test_the_edge_function_recognizes_a_photograph_from_its_zip() -> None:
    found = [(python, path) for python in reversed(edge_pythons()) if (path := interpreter(python))]
    if not found:
        pytest.skip("no interpreter of a Python for which the edge function's zip can be made")
    python, path = found[0]
    picture = base64.b64encode(photograph("cat")).decode()
    events = [{"images": [{"bytes": picture}], "model": model} for model in ("animals", "livestock")]
    classified, segmented = called("edge_ml.handler", *events, path=str(edge_zip(python)), python=path)
    assert classified["results"][0]["detections"][0]["label"] == "cat"
    assert "detections" in segmented["results"][0]
