from typing import Any

import pytest
from botocore.exceptions import ClientError

from wire.aws.queue import (
    MessageAttribute,
    Record,
    batch_item_failures,
    batches,
    hide,
    receive_count,
    requeue,
    tries,
)

REFUSED = ClientError({"Error": {"Code": "RequestThrottled"}}, "ChangeMessageVisibilityBatch")


def record(message_id: str, received: int = 1) -> Record:
    return {
        "messageId": message_id,
        "receiptHandle": f"handle of {message_id}",
        "body": f"body of {message_id}",
        "attributes": {"ApproximateReceiveCount": str(received)},
    }


class FakeQueue:
    def __init__(self, response: dict[str, Any] | ClientError) -> None:
        self.response = response
        self.calls: list[dict[str, Any]] = []

    def change_message_visibility_batch(self, **arguments: Any) -> dict[str, Any]:
        self.calls.append(arguments)
        if isinstance(self.response, ClientError):
            raise self.response
        return self.response

    send_message_batch = change_message_visibility_batch


def fake_queue(response: dict[str, Any] | ClientError) -> Any:
    """Return a client of SQS that gives this response or raises this error."""
    return FakeQueue(response)


def test_only_the_failed_records_are_named() -> None:
    assert batch_item_failures([record("m2"), record("m5")]) == {
        "batchItemFailures": [{"itemIdentifier": "m2"}, {"itemIdentifier": "m5"}]
    }


def test_without_failures_the_list_is_empty_but_present() -> None:
    assert batch_item_failures([]) == {"batchItemFailures": []}


def test_the_receive_count_is_that_of_the_queue() -> None:
    assert receive_count(record("m", received=3)) == 3


def test_each_failed_record_is_hidden_for_its_own_time() -> None:
    queue = fake_queue({"Successful": []})
    hide(queue, "url", [record("m1", 1), record("m2", 4)], lambda failed: receive_count(failed) * 10)
    assert queue.calls == [
        {
            "QueueUrl": "url",
            "Entries": [
                {"Id": "0", "ReceiptHandle": "handle of m1", "VisibilityTimeout": 10},
                {"Id": "1", "ReceiptHandle": "handle of m2", "VisibilityTimeout": 40},
            ],
        }
    ]


def test_without_failures_there_is_no_call() -> None:
    queue = fake_queue({})
    hide(queue, "url", [], receive_count)
    assert queue.calls == []


@pytest.mark.parametrize("response", [REFUSED, {"Failed": [{"Id": "0", "Code": "InvalidParameterValue"}]}])
def test_an_error_of_the_queue_does_not_fail_the_batch(
    response: dict[str, Any] | ClientError, caplog: pytest.LogCaptureFixture
) -> None:
    hide(fake_queue(response), "url", [record("m")], receive_count)
    assert "not paced" in caplog.text


def requeued_before(received: int, times: int, tried: int) -> Record:
    """Return a record of a message that was requeued `times` times after `tried` tries."""
    attributes: dict[str, MessageAttribute] = {
        name: {"stringValue": str(number), "dataType": "Number"} for name, number in counts(times, tried).items()
    }
    return {**record("m", received), "messageAttributes": attributes}


def counts(times: int, tried: int) -> dict[str, int]:
    return {"PutOff": times, "Tried": tried}


@pytest.mark.parametrize(("message", "times", "tried"), [(record("m", 3), 1, 1), (requeued_before(2, 7, 3), 8, 3)])
def test_a_requeued_message_is_delayed_and_counts_its_requeues_and_tries(
    message: Record, times: int, tried: int
) -> None:
    queue = fake_queue({"Successful": [{"Id": "m"}]})
    assert requeue(queue, "url", [message], lambda number: 100 * number) == [message]
    attributes = {
        name: {"DataType": "Number", "StringValue": str(number)} for name, number in counts(times, tried).items()
    }
    entry = {"Id": "m", "MessageBody": "body of m", "DelaySeconds": 100 * times, "MessageAttributes": attributes}
    assert queue.calls == [{"QueueUrl": "url", "Entries": [entry]}]


@pytest.mark.parametrize(("received", "number"), [(1, 1), (2, 2), (9, 2), (99, 2)])
def test_receives_while_lambda_was_throttled_are_no_tries(received: int, number: int) -> None:
    assert tries(record("m", received)) == number


@pytest.mark.parametrize("received", [1, 2, 50])
def test_a_message_that_was_sent_again_names_its_tries(received: int) -> None:
    assert tries(requeued_before(received, 7, 3)) == 4


def test_a_message_without_a_pause_is_not_requeued() -> None:
    queue = fake_queue({})
    assert requeue(queue, "url", [record("m")], lambda number: 0) == []
    assert queue.calls == []


@pytest.mark.parametrize("response", [REFUSED, {"Failed": [{"Id": "m", "Code": "InternalError"}]}])
def test_a_message_that_the_queue_refuses_is_not_replaced(
    response: dict[str, Any] | ClientError, caplog: pytest.LogCaptureFixture
) -> None:
    assert requeue(fake_queue(response), "url", [record("m")], lambda number: 30) == []
    assert "not sent" in caplog.text or "refused" in caplog.text


def test_a_batch_holds_at_most_ten_messages() -> None:
    messages = {str(n): "x" for n in range(21)}
    split = list(batches(messages))
    assert [len(batch) for batch in split] == [10, 10, 1]
    assert {name: text for batch in split for name, text in batch.items()} == messages


def test_a_batch_stays_below_the_size_of_one_call() -> None:
    split = list(batches({str(n): "é" * 45_000 for n in range(5)}))
    assert [len(batch) for batch in split] == [2, 2, 1]


def test_no_messages_make_no_batch() -> None:
    assert list(batches({})) == []
