from typing import Any

import pytest
from botocore.exceptions import ClientError

from wire.aws.queue import batch_item_failures, batches, receive_count, requeue, retry_later, tries

REFUSED = ClientError({"Error": {"Code": "RequestThrottled"}}, "ChangeMessageVisibilityBatch")


def record(message_id: str, received: int = 1) -> dict[str, Any]:
    return {
        "messageId": message_id,
        "receiptHandle": f"handle of {message_id}",
        "body": f"body of {message_id}",
        "attributes": {"ApproximateReceiveCount": str(received)},
    }


class FakeQueue:
    def __init__(self, answer: dict[str, Any] | ClientError) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def change_message_visibility_batch(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if isinstance(self.answer, ClientError):
            raise self.answer
        return self.answer

    send_message_batch = change_message_visibility_batch


def test_only_the_failed_records_are_named() -> None:
    assert batch_item_failures([record("m2"), record("m5")]) == {
        "batchItemFailures": [{"itemIdentifier": "m2"}, {"itemIdentifier": "m5"}]
    }


def test_nothing_failed_is_an_empty_list_and_not_no_answer() -> None:
    assert batch_item_failures([]) == {"batchItemFailures": []}


def test_an_attempt_is_numbered_as_the_queue_counts() -> None:
    assert receive_count(record("m", received=3)) == 3


def test_each_failed_record_is_hidden_for_its_own_time() -> None:
    queue = FakeQueue({"Successful": []})
    retry_later(queue, "url", [record("m1", 1), record("m2", 4)], lambda each: receive_count(each) * 10)
    assert queue.asked == [
        {
            "QueueUrl": "url",
            "Entries": [
                {"Id": "0", "ReceiptHandle": "handle of m1", "VisibilityTimeout": 10},
                {"Id": "1", "ReceiptHandle": "handle of m2", "VisibilityTimeout": 40},
            ],
        }
    ]


def test_without_failures_the_queue_is_not_asked() -> None:
    queue = FakeQueue({})
    retry_later(queue, "url", [], receive_count)
    assert queue.asked == []


@pytest.mark.parametrize("answer", [REFUSED, {"Failed": [{"Id": "0", "Code": "InvalidParameterValue"}]}])
def test_a_queue_that_will_not_hide_a_record_does_not_fail_the_batch(
    answer: dict[str, Any] | ClientError, caplog: pytest.LogCaptureFixture
) -> None:
    retry_later(FakeQueue(answer), "url", [record("m")], receive_count)
    assert "not paced" in caplog.text


def put_off_before(received: int, times: int, tried: int) -> dict[str, Any]:
    told = {name: {"stringValue": str(number), "dataType": "Number"} for name, number in said(times, tried)}
    return record("m", received) | {"messageAttributes": told}


def said(times: int, tried: int) -> list[tuple[str, int]]:
    return [("PutOff", times), ("Tried", tried)]


@pytest.mark.parametrize(("message", "times", "tried"), [(record("m", 3), 1, 2), (put_off_before(2, 7, 3), 8, 4)])
def test_what_is_put_off_is_sent_anew_to_come_later_and_says_how_often_and_how_often_it_was_tried(
    message: dict[str, Any], times: int, tried: int
) -> None:
    queue = FakeQueue({"Successful": [{"Id": "m"}]})
    assert requeue(queue, "url", [message], lambda number: 100 * number) == [message]
    attributes = {name: {"DataType": "Number", "StringValue": str(number)} for name, number in said(times, tried)}
    entry = {"Id": "m", "MessageBody": "body of m", "DelaySeconds": 100 * times, "MessageAttributes": attributes}
    assert queue.asked == [{"QueueUrl": "url", "Entries": [entry]}]


def test_tries_are_counted_on_where_a_message_was_put_off() -> None:
    assert tries(record("m", 3)) == 3
    assert tries(put_off_before(2, 7, 3)) == 5


def test_what_has_no_pause_left_is_not_put_off() -> None:
    queue = FakeQueue({})
    assert requeue(queue, "url", [record("m")], lambda number: 0) == []
    assert queue.asked == []


@pytest.mark.parametrize("answer", [REFUSED, {"Failed": [{"Id": "m", "Code": "InternalError"}]}])
def test_what_the_queue_does_not_take_anew_is_not_replaced(
    answer: dict[str, Any] | ClientError, caplog: pytest.LogCaptureFixture
) -> None:
    assert requeue(FakeQueue(answer), "url", [record("m")], lambda number: 30) == []
    assert "not sent" in caplog.text or "refused" in caplog.text


def test_a_batch_holds_at_most_ten_messages() -> None:
    messages = {str(n): "x" for n in range(21)}
    split = list(batches(messages))
    assert [len(batch) for batch in split] == [10, 10, 1]
    assert {name: text for batch in split for name, text in batch.items()} == messages


def test_a_batch_stays_under_what_one_call_takes() -> None:
    split = list(batches({str(n): "é" * 45_000 for n in range(5)}))
    assert [len(batch) for batch in split] == [2, 2, 1]


def test_no_messages_make_no_batch() -> None:
    assert list(batches({})) == []
