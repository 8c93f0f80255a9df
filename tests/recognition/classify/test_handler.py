"""POST /classify on a faked edge function: what is asked of it, and what becomes of its refusals."""

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
ANSWER: dict[str, Any] = {
    "detections": [{"label": "cat", "confidence": 0.9}, {"label": "dog", "confidence": 0.08}],
    "size": {"width": 640, "height": 480},
    "duration_ms": 5,
}


class Lambda:
    """A Lambda client for an edge function that says what it is told to, or cannot be reached."""

    def __init__(self) -> None:
        self.says: dict[str, Any] | Exception = {"model": MODEL, "results": [ANSWER]}
        self.more: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(json.loads(asked["Payload"]))
        if isinstance(self.says, Exception):
            raise self.says
        return {"Payload": io.BytesIO(json.dumps(self.says).encode())} | self.more


@pytest.fixture
def lambda_() -> Lambda:
    """The edge function."""
    return Lambda()


@pytest.fixture
def classify(lambda_: Lambda, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The route's module."""
    monkeypatch.setenv("EDGE_FUNCTION", "edge")
    module = importlib.reload(importlib.import_module("recognition.classify.runtime.handler"))
    monkeypatch.setattr(module.edge, "_lambda", lambda_)
    return module


def post(module: ModuleType, body: bytes, **query: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, JSON and headers of the answer, as API Gateway asks for binary bodies."""
    request = http_request("POST /classify", query=query, body=base64.b64encode(body).decode())
    answer = module.handler(request | {"isBase64Encoded": True}, Context())
    return answer["statusCode"], json.loads(answer["body"]), answer["headers"]


def test_a_picture_is_answered_at_once(classify: ModuleType, lambda_: Lambda) -> None:
    status, said, _ = post(classify, photograph())
    assert status == 200
    assert said["detections"] == ANSWER["detections"]
    assert (said["detector"], said["model"], said["size"]) == ("edge", MODEL, ANSWER["size"])
    assert said["duration_ms"] == 5
    (asked,) = lambda_.asked
    sent = {"bytes": base64.b64encode(photograph()).decode(), "correlation_id": "request-1"}
    assert asked["images"] == [sent]
    assert asked["model"] is None


def test_a_model_top_k_and_min_confidence_may_be_asked_for(classify: ModuleType, lambda_: Lambda) -> None:
    assert post(classify, photograph(), top_k="1")[1]["detections"] == ANSWER["detections"][:1]
    assert post(classify, photograph(), min_confidence="0.95")[1]["detections"] == []
    post(classify, photograph(), model="animals@1.0.0")
    assert lambda_.asked[-1]["model"] == "animals@1.0.0"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "empty"),
        (b"These are no pixels.", 415, "not_an_image"),
        (b"%PDF-1.7", 415, "unsupported_format"),
        (b"\xff\xd8\xff" + b"0" * 4_500_000, 413, "too_large"),
    ],
)
def test_what_is_no_picture_to_answer_is_refused_unasked(
    classify: ModuleType, lambda_: Lambda, body: bytes, status: int, code: str
) -> None:
    answered, problem, headers = post(classify, body)
    assert (answered, problem["code"], problem["retryable"]) == (status, code, False)
    assert headers["content-type"] == "application/problem+json"
    assert lambda_.asked == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"top_k": "0"}, "invalid_options"),
        ({"model": "../animals"}, "invalid_options"),
        ({"detector": "rekognition"}, "unknown_parameter"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_unasked(
    classify: ModuleType, lambda_: Lambda, query: dict[str, str], code: str
) -> None:
    status, problem, _ = post(classify, photograph(), **query)
    assert (status, problem["code"]) == (400, code)
    assert lambda_.asked == []


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
def test_what_the_edge_model_cannot_answer_is_a_problem(
    classify: ModuleType, lambda_: Lambda, code: str, status: int
) -> None:
    refusal = {"error": {"code": code, "detail": "It is so.", "retryable": False}}
    lambda_.says = {"model": MODEL, "results": [refusal]}
    answered, problem, headers = post(classify, photograph())
    assert (answered, problem["code"], problem["detail"]) == (status, code, "It is so.")
    assert "retry-after" not in headers


@pytest.mark.parametrize(("code", "status"), [("unknown_model", 400), ("unusable_model", 500)])
def test_a_model_that_is_not_there_or_not_fit_is_a_problem(
    classify: ModuleType, lambda_: Lambda, code: str, status: int
) -> None:
    lambda_.says = {"error": {"code": code, "detail": "It is so."}}
    answered, problem, _ = post(classify, photograph(), model="x")
    assert (answered, problem["code"], problem["retryable"]) == (status, code, False)


LATER = {"error": {"code": "out_of_time", "detail": "Not now.", "retryable": True}}


@pytest.mark.parametrize(
    "says",
    [ReadTimeoutError(endpoint_url=""), {"model": MODEL, "results": [LATER]}],
    ids=["no answer", "not just now"],
)
def test_an_edge_function_that_does_not_answer_says_when_to_come_again(
    classify: ModuleType, lambda_: Lambda, says: dict[str, Any] | Exception
) -> None:
    lambda_.says = says
    status, problem, headers = post(classify, photograph())
    assert (status, problem["code"], problem["retryable"]) == (503, "models_unavailable", True)
    assert int(headers["retry-after"]) > 0


def test_an_edge_function_that_crashed_is_a_problem_that_names_nothing_of_it(
    classify: ModuleType, lambda_: Lambda
) -> None:
    lambda_.says, lambda_.more = {"errorMessage": "secret"}, {"FunctionError": "Unhandled"}
    status, problem, _ = post(classify, photograph())
    assert (status, problem["code"]) == (503, "models_unavailable")
    assert "secret" not in json.dumps(problem)
