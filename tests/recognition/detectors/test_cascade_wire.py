"""The worker with the cascade, and a server with the real protocol as its Rekognition."""

import importlib
import json
from types import ModuleType
from typing import Any

import pytest

from domain.image import image_key
from tests.builders import IMAGE_ID, Context, s3_event, sqs_event
from tests.recognition.conftest import Account
from tests.recognition.detectors.conftest import StartWorker
from tests.rekognition_server import Rekognition

SURE = image_key("ann", IMAGE_ID, "cat.jpg")
UNSURE = image_key("ann", "img_" + "1" * 32, "cat.unsure")
LATER = image_key("ann", "img_" + "2" * 32, "cat.later")
TEXT = image_key("ann", "img_" + "3" * 32, "notes.txt")


@pytest.fixture
def recognize(start_worker: StartWorker, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the worker of a deployment whose default detector is the cascade; its clients do not retry."""
    module = start_worker("cascade,rekognition,edge")
    monkeypatch.setattr(module, "retry_later", lambda sqs, queue, failed, policy: failed)
    return module


def failures(module: ModuleType, *keys: str, attempt: int = 1) -> list[str]:
    """Handle messages about these keys; return the IDs of the failed messages."""
    response = module.handler(sqs_event(*map(s3_event, keys), attempt=attempt), Context())
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def stored(account: Account) -> dict[str, dict[str, Any]]:
    """Return the outcomes in the table by the image's name."""
    return {entry.image.name: entry.outcome.to_dict() for entry in account.entries()}


def metrics(printed: str) -> dict[str, int]:
    """Return the metrics in the log of one batch."""
    (fields,) = [json.loads(line) for line in printed.splitlines() if line.startswith('{"_aws"')]
    return {name: value[0] for name, value in fields.items() if isinstance(value, list)}


def test_rekognition_is_called_only_for_images_without_a_confident_result_of_the_edge_model(
    account: Account, recognize: ModuleType, rekognition: Rekognition, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failures(recognize, SURE, UNSURE, LATER, TEXT) == []
    assert len(account.edge.requests) == 1
    assert sorted(rekognition.keys) == sorted([UNSURE, LATER])
    outcomes = stored(account)
    assert {name: (outcome.get("asked"), outcome.get("detector")) for name, outcome in outcomes.items()} == {
        "cat.jpg": ("cascade", "edge"),
        "cat.unsure": ("cascade", "rekognition"),
        "cat.later": ("cascade", "rekognition"),
        "notes.txt": (None, None),
    }
    assert outcomes["cat.unsure"]["detections"] == [
        {"label": "Cat", "confidence": 0.965, "box": {"left": 0.1, "top": 0.2, "width": 0.5, "height": 0.25}}
    ]
    printed = capsys.readouterr().out
    assert metrics(printed) == {
        "ImagesAsked": 4,
        "AnswersReused": 0,
        "RekognitionCalls": 2,
        "RekognitionCallsSaved": 1,
        "StandIns": 1,
        "Throttled": 0,
    }


def test_metrics_name_no_image(account: Account, recognize: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    failures(recognize, SURE, UNSURE)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]
    assert "cat" not in line.lower()
    assert "img_" not in line


def test_while_rekognition_throttles_an_unsure_result_is_stored_and_an_image_without_one_is_requeued(
    account: Account, recognize: ModuleType, rekognition: Rekognition
) -> None:
    rekognition.refusal = "ThrottlingException"
    assert failures(recognize, SURE, UNSURE, LATER) == []
    delayed = "ApproximateNumberOfMessagesDelayed"
    queue = account.sqs.get_queue_attributes(QueueUrl=account.uploads, AttributeNames=[delayed])
    assert queue["Attributes"][delayed] == "1"
    assert {name: outcome["detector"] for name, outcome in stored(account).items()} == {
        "cat.jpg": "edge",
        "cat.unsure": "edge",
    }


def test_a_repeated_event_is_looked_up_and_costs_nothing(
    account: Account, recognize: ModuleType, rekognition: Rekognition
) -> None:
    failures(recognize, UNSURE)
    (before,) = account.rows()
    failures(recognize, UNSURE)
    assert rekognition.keys == [UNSURE]
    assert account.rows() == [before]
    assert len({event["event_id"] for event in account.published()}) == 1


@pytest.mark.parametrize(("detector", "calls"), [("edge", 0), ("rekognition", 1), ("cascade", 1)])
def test_a_detector_that_is_asked_for_by_name_is_called_alone(
    account: Account, recognize: ModuleType, rekognition: Rekognition, detector: str, calls: int
) -> None:
    key = image_key("ann", IMAGE_ID, "cat.unsure", has_options=True)
    version = account.put(key, detector=detector)
    recognize.handler(sqs_event(s3_event(key, version=version)), Context())
    assert stored(account)["cat.unsure"]["asked"] == detector
    assert len(rekognition.keys) == calls
    assert len(account.edge.requests) == (detector != "rekognition")


def test_a_deployment_without_rekognition_prints_no_metrics(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DETECTORS", "edge")
    module = importlib.reload(importlib.import_module("recognition.recognize.runtime.handler"))
    monkeypatch.setattr(module.detectors.edge, "_lambda", account.edge)
    failures(module, SURE)
    assert "_aws" not in capsys.readouterr().out
