"""The worker under moto: rows, events, and the messages that it returns to the queue."""

import importlib
import json
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from domain.image import image_key
from domain.recognition import Recognition, Rejection
from tests.builders import IMAGE_ID, Context, s3_event, sqs_event
from tests.recognition.conftest import Account
from wire.aws.queue import Record, tries
from wire.aws.retries import RetriedQueue
from wire.aws.retry_policy import RetryPolicy

KEY = image_key("owner-1", IMAGE_ID, "my cat.jpg")
WITH_OPTIONS = image_key("owner-1", IMAGE_ID, "cat.jpg", has_options=True)


def failures(module: ModuleType, *bodies: str, attempt: int = 1) -> list[str]:
    """Return the IDs of the messages that the handler returns to the queue."""
    response: dict[str, Any] = module.handler(sqs_event(*bodies, attempt=attempt), Context())
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def test_an_upload_becomes_a_row_and_an_event(account: Account, recognize: ModuleType) -> None:
    assert failures(recognize, s3_event(KEY)) == []
    (entry,) = account.entries()
    assert (*entry.key, entry.status) == ("owner-1", IMAGE_ID, "recognized")
    (event,) = account.published()
    assert (event["type"], event["owner"], event["data"]["name"]) == ("image.recognized", "owner-1", "my cat.jpg")
    assert event["data"]["recognition"]["detections"][0] == {"label": "cat", "confidence": 0.9}


def test_a_batch_is_one_call_of_the_edge_function(account: Account, recognize: ModuleType) -> None:
    keys = [image_key("owner-1", f"img_{n:032x}", "cat.jpg") for n in range(10)]
    assert failures(recognize, *map(s3_event, keys)) == []
    assert len(account.edge.requests) == 1
    assert len(account.rows()) == 10


def test_a_repeated_message_is_one_row_and_one_event_id(account: Account, recognize: ModuleType) -> None:
    failures(recognize, s3_event(KEY), s3_event(KEY))
    (row,) = account.rows()
    failures(recognize, s3_event(KEY))
    assert account.rows() == [row]
    assert len(account.edge.images()) == 1
    assert len({event["event_id"] for event in account.published()}) == 1


def test_a_message_that_is_delivered_again_asks_no_detector(account: Account, recognize: ModuleType) -> None:
    failures(recognize, s3_event(KEY))
    failures(recognize, s3_event(KEY), attempt=2)
    assert len(account.edge.images()) == 1
    assert len({event["event_id"] for event in account.published()}) == 1


def test_an_object_that_is_no_image_is_rejected(account: Account, recognize: ModuleType) -> None:
    assert failures(recognize, s3_event("notes.txt.txt", "x/notes.txt")) == []
    assert {entry.status for entry in account.entries()} == {"rejected"}
    assert {event["data"]["rejection"]["code"] for event in account.published()} == {"no_such_object"}


def test_the_reason_of_a_rejection_is_the_detector_s(account: Account, recognize: ModuleType) -> None:
    assert failures(recognize, s3_event(image_key("o", IMAGE_ID, "notes.txt"))) == []
    (event,) = account.published()
    assert event["type"] == "image.rejected"
    assert event["data"]["rejection"] == {"code": "not_an_image", "detail": "These bytes are no picture."}


@pytest.mark.parametrize("poison", ["not json", "[]", "{}", '{"Records":[{}]}', '{"Records":7}'])
def test_a_poison_message_is_returned_alone(account: Account, recognize: ModuleType, poison: str) -> None:
    assert failures(recognize, s3_event(KEY), poison) == ["message-1"]
    assert len(account.rows()) == 1


def test_an_image_that_cannot_be_read_temporarily_is_returned_alone(account: Account, recognize: ModuleType) -> None:
    later = image_key("owner-1", "img_" + "1" * 32, "cat.later")
    assert failures(recognize, s3_event(later), s3_event(KEY)) == ["message-0"]


def test_s3_s_test_event_is_ignored(account: Account, recognize: ModuleType) -> None:
    assert failures(recognize, json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "images"})) == []
    assert account.rows() == []


def test_deletions_are_no_images(account: Account, recognize: ModuleType) -> None:
    assert failures(recognize, s3_event(KEY, eventName="ObjectRemoved:Delete")) == []
    assert account.rows() == []


def test_the_options_of_an_upload_are_in_its_metadata(account: Account, recognize: ModuleType) -> None:
    version = account.put(WITH_OPTIONS, **{"model": "animals", "top-k": "1"})
    assert failures(recognize, s3_event(WITH_OPTIONS, version=version)) == []
    assert account.edge.requests[0]["model"] == "animals"
    assert account.entries()[0].options.top_k == 1


def test_invalid_options_are_a_rejection(account: Account, recognize: ModuleType) -> None:
    version = account.put("by hand.jpg", **{"top-k": "lots"})
    assert failures(recognize, s3_event("by hand.jpg", version=version)) == []
    assert account.published()[0]["data"]["rejection"]["code"] == "invalid_options"


def test_a_detector_that_the_deployment_lacks_is_a_rejection(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTORS", "edge")
    module = importlib.reload(importlib.import_module("recognition.recognize.runtime.handler"))
    version = account.put(WITH_OPTIONS, detector="rekognition")
    assert failures(module, s3_event(WITH_OPTIONS, version=version)) == []
    assert account.published()[0]["data"]["rejection"]["code"] == "detector_unavailable"


def test_an_older_event_never_overwrites_a_newer_row(account: Account, recognize: ModuleType) -> None:
    failures(recognize, s3_event(KEY, sequencer="0B", version="v2"))
    failures(recognize, s3_event(KEY, sequencer="0A", version="v1"))
    assert account.entries()[0].image.version == "v2"


def test_a_second_upload_of_the_same_name_keeps_the_first(account: Account, recognize: ModuleType) -> None:
    second = image_key("owner-1", "img_" + "2" * 32, "my cat.jpg")
    failures(recognize, s3_event(KEY), s3_event(second))
    assert {row["image_id"]["S"] for row in account.rows()} == {IMAGE_ID, "img_" + "2" * 32}


def test_each_retry_waits_longer_and_the_last_failure_goes_to_the_dead_letters(
    account: Account, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []

    def retry_later(sqs: object, queue: RetriedQueue, failed: list[Record], policy: RetryPolicy) -> list[Record]:
        waited.extend(policy.backoff(tries(record)) for record in failed)
        return failed

    monkeypatch.setattr(recognize, "retry_later", retry_later)
    for attempt in range(1, 6):
        recognize.handler(sqs_event("poison", attempt=attempt), Context())
    assert waited == [2, 4, 8, 16, 0]


@pytest.mark.parametrize("code", ["unknown_model", "unusable_model"])
def test_an_unknown_or_unusable_model_rejects_its_own_images_only(
    account: Account, recognize: ModuleType, code: str
) -> None:
    with_model = image_key("owner-1", "img_" + "3" * 32, "cat.jpg", has_options=True)
    version = account.put(with_model, model=code)
    assert failures(recognize, s3_event(with_model, version=version), s3_event(KEY)) == []
    outcomes = {entry.image.image_id: entry.outcome for entry in account.entries()}
    assert outcomes["img_" + "3" * 32] == Rejection(code, f"It is {code}.")
    assert isinstance(outcomes[IMAGE_ID], Recognition)


def test_a_deleted_object_is_rejected_alone(account: Account, recognize: ModuleType) -> None:
    assert failures(recognize, s3_event("gone.jpg"), s3_event(KEY)) == []
    rejected = [event["data"]["rejection"] for event in account.published() if event["type"] == "image.rejected"]
    assert [rejection["code"] for rejection in rejected] == ["no_such_object"]
    assert {entry.status for entry in account.entries()} == {"rejected", "recognized"}


def test_an_object_that_may_not_be_read_is_returned_alone(
    account: Account, recognize: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Denying:
        def head_object(self, **arguments: str) -> None:
            response: Any = {"Error": {"Code": "403"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
            raise ClientError(response, "HeadObject")

    monkeypatch.setattr(recognize, "lazy", lambda service: Denying())
    assert failures(recognize, s3_event("denied.jpg"), s3_event(KEY)) == ["message-0"]
    assert len(account.rows()) == 1
