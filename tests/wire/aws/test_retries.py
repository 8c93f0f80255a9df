"""Failed messages: counted by the function, whatever the receives; at the end they are dead letters."""

from typing import Any

import pytest

from wire.aws.queue import Record
from wire.aws.retries import RetriedQueue, bury, retry_later
from wire.aws.retry_policy import UPLOADS, RetryPolicy

QUEUE = RetriedQueue("queue", "dead")
POLICY = RetryPolicy((5, 20))


class FakeSQS:
    """A client of SQS that keeps its calls, and refuses messages to `refusing`."""

    def __init__(self, refusing: str = "") -> None:
        self.refusing = refusing
        self.hidden: dict[str, int] = {}
        self.sent: list[tuple[str, str, int, dict[str, str]]] = []

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.hidden |= {entry["ReceiptHandle"]: entry["VisibilityTimeout"] for entry in Entries}
        return {}

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        if QueueUrl == self.refusing:
            return {"Failed": [{"Id": entry["Id"], "Code": "InternalError"} for entry in Entries]}
        for entry in Entries:
            counts = {name: value["StringValue"] for name, value in entry.get("MessageAttributes", {}).items()}
            self.sent.append((QueueUrl, entry["MessageBody"], entry.get("DelaySeconds", 0), counts))
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}


def fake_sqs(refusing: str = "") -> Any:
    return FakeSQS(refusing)


def record(received: int = 1, tried: int | None = None, put_off: int = 0) -> Record:
    counts = {} if tried is None else {"Tried": tried, "PutOff": put_off}
    return {
        "messageId": "m",
        "receiptHandle": "handle",
        "body": "body",
        "attributes": {"ApproximateReceiveCount": str(received)},
        "messageAttributes": {
            name: {"stringValue": str(number), "dataType": "Number"} for name, number in counts.items()
        },
    }


def test_after_its_first_try_a_message_stays_hidden_in_the_queue() -> None:
    sqs = fake_sqs()
    assert retry_later(sqs, QUEUE, [record()], POLICY) == [record()]
    assert (sqs.hidden, sqs.sent) == ({"handle": 5}, [])


def test_a_message_that_was_only_put_off_is_sent_again_after_its_first_try() -> None:
    sqs = fake_sqs()
    assert retry_later(sqs, QUEUE, [record(tried=0, put_off=1)], POLICY) == []
    assert sqs.sent == [("queue", "body", 5, {"Tried": "1", "PutOff": "1"})]


@pytest.mark.parametrize("received", [1, 2, 40])
def test_after_a_later_try_it_is_sent_again_with_its_count(received: int) -> None:
    sqs = fake_sqs()
    assert retry_later(sqs, QUEUE, [record(received, tried=1, put_off=3)], POLICY) == []
    assert (sqs.hidden, sqs.sent) == ({}, [("queue", "body", 20, {"Tried": "2", "PutOff": "3"})])


def test_after_its_last_try_it_is_a_dead_letter_that_can_be_tried_again() -> None:
    sqs = fake_sqs()
    assert retry_later(sqs, QUEUE, [record(tried=2)], POLICY) == []
    assert sqs.sent == [("dead", "body", 0, {})]


@pytest.mark.parametrize("received", [6, 30, 99])
def test_a_message_that_was_only_throttled_so_far_has_all_its_later_tries(received: int) -> None:
    sqs, message = fake_sqs(), record(received)
    for pause in UPLOADS.pauses[1:]:
        assert retry_later(sqs, QUEUE, [message], UPLOADS) == []
        queue, _, seconds, counts = sqs.sent[-1]
        assert (queue, seconds) == ("queue", pause)
        message = record(received, tried=int(counts["Tried"]))
    retry_later(sqs, QUEUE, [message], UPLOADS)
    assert sqs.sent[-1][0] == "dead"


@pytest.mark.parametrize(("refusing", "tried"), [("queue", 1), ("dead", 2)])
def test_a_message_that_sqs_refuses_stays_in_the_queue(refusing: str, tried: int) -> None:
    assert retry_later(fake_sqs(refusing), QUEUE, [record(tried=tried)], POLICY) == [record(tried=tried)]


def test_no_message_makes_no_call() -> None:
    assert retry_later(fake_sqs(), QUEUE, [], POLICY) == []
    assert bury(fake_sqs(), QUEUE, []) == []
