from typing import Any

import pytest
import requests

from local.loopback import serving
from local.rekognition.protocol import RekognitionHandler

DETECT = "RekognitionService.DetectLabels"


class Broken:
    def respond(self, operation: str, request: dict[str, Any]) -> dict[str, object]:
        raise KeyError(operation)


def post(url: str, target: str, body: bytes = b"{}") -> tuple[int, str]:
    response = requests.post(url, data=body, headers={"X-Amz-Target": target}, timeout=60)
    assert response.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert response.headers["x-amzn-RequestId"]
    return response.status_code, response.json()["__type"]


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b"", b"\xff", b"[" * 100_000])
def test_a_malformed_body_is_an_error(url: str, body: bytes) -> None:
    assert post(url, DETECT, body) == (400, "SerializationException")


@pytest.mark.parametrize("target", ["RekognitionService.DetectFaces", "DynamoDB_20120810.PutItem", ""])
def test_another_operation_is_an_error(url: str, target: str) -> None:
    assert post(url, target) == (400, "UnknownOperationException")


def test_a_fault_of_the_server_is_an_internal_error() -> None:
    with serving(lambda *args: RekognitionHandler(Broken(), *args)) as url:
        assert post(url, DETECT) == (500, "InternalServerError")
