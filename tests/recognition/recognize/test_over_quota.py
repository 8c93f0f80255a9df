"""A form that is posted several times: its images are recognized as far as the owner's quotas permit."""

import importlib
from types import ModuleType
from typing import Any

import pytest

from domain.image import image_key
from domain.pricing import REKOGNITION_CALL
from tests.builders import IMAGE_ID, Context, s3_event, sqs_event
from tests.recognition.conftest import TODAY, Account
from wire.aws.queue import REQUEUE_COUNT

KEY = image_key("ann", IMAGE_ID, "cat.jpg")
POSTS = [s3_event(KEY, version=f"v{n}", sequencer=f"0{n}", etag=f"{n:032x}") for n in range(1, 6)]


class Rekognition:
    """A client that counts its calls."""

    calls = 0

    def detect_labels(self, **arguments: Any) -> dict[str, Any]:
        self.calls += 1
        return {"LabelModelVersion": "3.0", "Labels": []}


@pytest.fixture
def rekognition() -> Rekognition:
    """Return the client."""
    return Rekognition()


def start(
    account: Account, rekognition: Rekognition, monkeypatch: pytest.MonkeyPatch, **environment: str
) -> ModuleType:
    """Return the worker of a deployment with these quotas, whose default detector is Rekognition."""
    for name, value in ({"DETECTORS": "rekognition,edge"} | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("wire.http.quota.now", lambda: TODAY)
    monkeypatch.setattr("wire.http.quota.lazy", lambda service: account.dynamodb)
    module = importlib.reload(importlib.import_module("recognition.recognize.runtime.handler"))
    monkeypatch.setattr(module.detectors.rekognition, "_rekognition", rekognition)
    monkeypatch.setattr(module, "retry_later", lambda *given: None)
    return module


def counters(account: Account) -> dict[str, int]:
    """Return ann's counters of today."""
    (row,) = account.rows("usage")
    return {name: int(value["N"]) for name, value in row.items() if "N" in value}


def test_a_form_posted_five_times_is_recognized_as_often_as_the_quota_permits(
    account: Account, rekognition: Rekognition, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = start(account, rekognition, monkeypatch, DAILY_UPLOADS="2")
    assert module.handler(sqs_event(*POSTS), Context()) == {"batchItemFailures": []}
    assert rekognition.calls == 2
    (entry,) = account.entries()
    assert entry.event().data["rejection"]["code"] == "quota_exceeded"
    assert counters(account)["taken"] == 2


def test_the_images_of_one_batch_do_not_exceed_the_spending(
    account: Account, rekognition: Rekognition, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = start(account, rekognition, monkeypatch, DAILY_SPEND=str(3 * REKOGNITION_CALL))
    keys = [image_key("ann", f"img_{n:032x}", "cat.jpg") for n in range(5)]
    module.handler(sqs_event(*map(s3_event, keys)), Context())
    assert rekognition.calls == 3
    module.handler(sqs_event(s3_event(KEY)), Context())
    assert rekognition.calls == 3
    assert sorted(entry.status for entry in account.entries()) == ["recognized"] * 3 + ["rejected"] * 3


def test_a_message_that_is_received_again_is_not_counted_again(
    account: Account, rekognition: Rekognition, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = start(account, rekognition, monkeypatch, DAILY_UPLOADS="1")
    module.handler(sqs_event(POSTS[0]), Context())
    module.handler(sqs_event(POSTS[1], attempt=2), Context())
    requeued = sqs_event(POSTS[2])
    requeued["Records"][0]["messageAttributes"] = {REQUEUE_COUNT: {"stringValue": "1", "dataType": "Number"}}
    module.handler(requeued, Context())
    assert (rekognition.calls, counters(account)["taken"]) == (3, 1)
    module.handler(sqs_event(POSTS[3]), Context())
    assert rekognition.calls == 3


def test_without_quotas_nothing_is_counted_before(
    account: Account, rekognition: Rekognition, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(account, rekognition, monkeypatch).handler(sqs_event(*POSTS), Context())
    assert rekognition.calls == 5
    assert "taken" not in counters(account)
