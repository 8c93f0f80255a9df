"""POST /classify with a fake edge function: the requests to it, and the responses to its errors."""

import base64
import importlib
import io
import json
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.builders import Context, http_request
from tests.photographs import photograph

MODEL = {"name": "animals", "version": "1.0.0", "digest": "abc"}
RESULT: dict[str, Any] = {
    "detections": [{"label": "cat", "confidence": 0.9}, {"label": "dog", "confidence": 0.08}],
    "size": {"width": 640, "height": 480},
    "duration_ms": 5,
}


class Lambda:
    """A Lambda client with one response or exception; `fields` are further fields of the response."""

    def __init__(self) -> None:
        self.response: dict[str, Any] | Exception = {"model": MODEL, "results": [RESULT]}
        self.fields: dict[str, str] = {}
        self.requests: list[dict[str, Any]] = []

    def invoke(self, **arguments: Any) -> dict[str, Any]:
        self.requests.append(json.loads(arguments["Payload"]))
        if isinstance(self.response, Exception):
            raise self.response
        return {"Payload": io.BytesIO(json.dumps(self.response).encode())} | self.fields


@pytest.fixture
def lambda_() -> Lambda:
    """Return the edge function."""
    return Lambda()


@pytest.fixture
def classify(lambda_: Lambda, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the handler's module."""
    monkeypatch.setenv("EDGE_FUNCTION", "edge")
    module = importlib.reload(importlib.import_module("recognition.classify.runtime.handler"))
    monkeypatch.setattr(module.edge, "_lambda", lambda_)
    return module


def post(module: ModuleType, body: bytes, **query: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return status, JSON and headers of the response to a body that API Gateway has encoded."""
    request = http_request("POST /classify", query=query, body=base64.b64encode(body).decode())
    response = module.handler(request | {"isBase64Encoded": True}, Context())
    return response["statusCode"], json.loads(response["body"]), response["headers"]


def test_a_picture_is_recognized_while_the_caller_waits(classify: ModuleType, lambda_: Lambda) -> None:
    status, body, _ = post(classify, photograph())
    assert status == 200
    assert body["detections"] == RESULT["detections"]
    assert (body["detector"], body["model"], body["size"]) == ("edge", MODEL, RESULT["size"])
    assert body["duration_ms"] == 5
    (request,) = lambda_.requests
    sent = {"bytes": base64.b64encode(photograph()).decode(), "correlation_id": "request-1"}
    assert request["images"] == [sent]
    assert request["model"] is None


def test_model_top_k_and_min_confidence_are_options(classify: ModuleType, lambda_: Lambda) -> None:
    assert post(classify, photograph(), top_k="1")[1]["detections"] == RESULT["detections"][:1]
    assert post(classify, photograph(), min_confidence="0.95")[1]["detections"] == []
    post(classify, photograph(), model="animals@1.0.0")
    assert lambda_.requests[-1]["model"] == "animals@1.0.0"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "empty"),
        (b"These are no pixels.", 415, "not_an_image"),
        (b"%PDF-1.7", 415, "unsupported_format"),
        (b"\xff\xd8\xff" + b"0" * 4_500_000, 413, "too_large"),
    ],
)
def test_a_body_that_is_no_picture_is_refused_without_a_call(
    classify: ModuleType, lambda_: Lambda, body: bytes, status: int, code: str
) -> None:
    found, problem, headers = post(classify, body)
    assert (found, problem["code"], problem["retryable"]) == (status, code, False)
    assert headers["content-type"] == "application/problem+json"
    assert lambda_.requests == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"top_k": "0"}, "invalid_options"),
        ({"model": "../animals"}, "invalid_options"),
        ({"detector": "rekognition"}, "unknown_parameter"),
    ],
)
def test_an_invalid_query_is_refused_without_a_call(
    classify: ModuleType, lambda_: Lambda, query: dict[str, str], code: str
) -> None:
    status, problem, _ = post(classify, photograph(), **query)
    assert (status, problem["code"]) == (400, code)
    assert lambda_.requests == []


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("damaged_image", 422),
        ("too_many_pixels", 422),
        ("not_an_image", 415),
        ("unsupported_format", 415),
        ("model_failed", 500),
    ],
)
def test_a_rejection_of_the_edge_model_is_a_problem(
    classify: ModuleType, lambda_: Lambda, code: str, status: int
) -> None:
    rejection = {"error": {"code": code, "detail": "It is so.", "retryable": False}}
    lambda_.response = {"model": MODEL, "results": [rejection]}
    found, problem, headers = post(classify, photograph())
    assert (found, problem["code"], problem["detail"]) == (status, code, "It is so.")
    assert "retry-after" not in headers


@pytest.mark.parametrize(("code", "status"), [("unknown_model", 400), ("unusable_model", 500)])
def test_an_unknown_or_unusable_model_is_a_problem(
    classify: ModuleType, lambda_: Lambda, code: str, status: int
) -> None:
    lambda_.response = {"error": {"code": code, "detail": "It is so."}}
    found, problem, _ = post(classify, photograph(), model="x")
    assert (found, problem["code"], problem["retryable"]) == (status, code, False)


TEMPORARY = {"error": {"code": "out_of_time", "detail": "Not now.", "retryable": True}}


@pytest.mark.parametrize(
    "response",
    [ReadTimeoutError(endpoint_url=""), {"model": MODEL, "results": [TEMPORARY]}],
    ids=["timeout", "temporary error"],
)
def test_a_problem_of_an_unavailable_edge_function_says_when_to_retry(
    classify: ModuleType, lambda_: Lambda, response: dict[str, Any] | Exception
) -> None:
    lambda_.response = response
    status, problem, headers = post(classify, photograph())
    assert (status, problem["code"], problem["retryable"]) == (503, "models_unavailable", True)
    assert int(headers["retry-after"]) > 0


def test_the_problem_of_a_crashed_edge_function_reveals_nothing(classify: ModuleType, lambda_: Lambda) -> None:
    lambda_.response, lambda_.fields = {"errorMessage": "secret"}, {"FunctionError": "Unhandled"}
    status, problem, _ = post(classify, photograph())
    assert (status, problem["code"]) == (503, "models_unavailable")
    assert "secret" not in json.dumps(problem)
