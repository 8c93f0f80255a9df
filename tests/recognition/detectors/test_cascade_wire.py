"""The recognise function with the cascade, its Rekognition a server that speaks the real protocol."""

import importlib
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from domain.image import image_key
from local.loopback import serving
from recognition.detectors.runtime import registry
from tests.builders import IMAGE_ID, Context, s3_event, sqs_event
from tests.recognition.conftest import Account
from tests.rekognition_server import Rekognition, handler

SURE = image_key("ann", IMAGE_ID, "cat.jpg")
UNSURE = image_key("ann", "img_" + "1" * 32, "cat.unsure")
LATER = image_key("ann", "img_" + "2" * 32, "cat.later")
TEXT = image_key("ann", "img_" + "3" * 32, "notes.txt")


@pytest.fixture
def rekognition(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rekognition]:
    """What the server was asked."""
    rekognition = Rekognition()
    with serving(handler(rekognition)) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", url)
        yield rekognition


@pytest.fixture
def recognize(account: Account, rekognition: Rekognition, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The recognise function of a deployment whose default is the cascade; its clients try once."""
    monkeypatch.setattr(registry, "TIMEOUTS", {"retries": {"total_max_attempts": 1}})
    monkeypatch.setenv("DETECTORS", "cascade,rekognition,edge")
    module = importlib.reload(importlib.import_module("recognition.recognize.runtime.handler"))
    monkeypatch.setattr(module.detectors.edge, "_lambda", account.edge)
    monkeypatch.setattr(module, "retry_later", lambda *given: None)
    return module


def answer(module: ModuleType, *keys: str, attempt: int = 1) -> list[str]:
    """The message ids that are returned."""
    said = module.handler(sqs_event(*map(s3_event, keys), attempt=attempt), Context())
    return [each["itemIdentifier"] for each in said["batchItemFailures"]]


def kept(account: Account) -> dict[str, dict[str, Any]]:
    """The outcomes in the table by the image's name."""
    said = [json.loads(row["said"]["S"]) for row in account.rows()]
    return {each["image"]["name"]: each["outcome"] for each in said}


def metrics(printed: str) -> dict[str, int]:
    """The metrics in the log of one batch."""
    (said,) = [json.loads(line) for line in printed.splitlines() if line.startswith('{"_aws"')]
    return {name: value[0] for name, value in said.items() if isinstance(value, list)}


def test_rekognition_is_asked_only_where_the_edge_model_is_unsure_or_silent(
    account: Account, recognize: ModuleType, rekognition: Rekognition, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(recognize, SURE, UNSURE, LATER, TEXT) == []
    assert len(account.edge.asked) == 1
    assert sorted(rekognition.keys) == sorted([UNSURE, LATER])
    outcomes = kept(account)
    assert {name: (said.get("asked"), said.get("detector")) for name, said in outcomes.items()} == {
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


def test_nothing_that_is_counted_names_an_image(
    account: Account, recognize: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(recognize, SURE, UNSURE)
    (line,) = [each for each in capsys.readouterr().out.splitlines() if each.startswith('{"_aws"')]
    assert "cat" not in line.lower()
    assert "img_" not in line


def test_while_rekognition_throttles_the_unsure_answer_stands_and_the_silent_one_comes_again(
    account: Account, recognize: ModuleType, rekognition: Rekognition
) -> None:
    rekognition.refusal = "ThrottlingException"
    assert answer(recognize, SURE, UNSURE, LATER) == []
    delayed = "ApproximateNumberOfMessagesDelayed"
    queue = account.sqs.get_queue_attributes(QueueUrl=account.uploads, AttributeNames=[delayed])
    assert queue["Attributes"][delayed] == "1"
    assert {name: said["detector"] for name, said in kept(account).items()} == {"cat.jpg": "edge", "cat.unsure": "edge"}


def test_a_doubled_event_is_looked_up_and_costs_nothing(
    account: Account, recognize: ModuleType, rekognition: Rekognition
) -> None:
    answer(recognize, UNSURE)
    (before,) = account.rows()
    answer(recognize, UNSURE)
    assert rekognition.keys == [UNSURE]
    assert account.rows() == [before]
    assert len({event["event_id"] for event in account.told()}) == 1


@pytest.mark.parametrize(("detector", "asked"), [("edge", 0), ("rekognition", 1), ("cascade", 1)])
def test_who_is_asked_by_name_is_asked_alone(
    account: Account, recognize: ModuleType, rekognition: Rekognition, detector: str, asked: int
) -> None:
    key = image_key("ann", IMAGE_ID, "cat.unsure", asked=True)
    version = account.put(key, detector=detector)
    recognize.handler(sqs_event(s3_event(key, version=version)), Context())
    assert kept(account)["cat.unsure"]["asked"] == detector
    assert len(rekognition.keys) == asked
    assert len(account.edge.asked) == (detector != "rekognition")


def test_a_deployment_without_rekognition_counts_nothing(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DETECTORS", "edge")
    module = importlib.reload(importlib.import_module("recognition.recognize.runtime.handler"))
    monkeypatch.setattr(module.detectors.edge, "_lambda", account.edge)
    answer(module, SURE)
    assert "_aws" not in capsys.readouterr().out
