"""Records of an SQS batch: report failed records, delay their retries, requeue messages."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NotRequired, TypedDict

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        DeleteMessageBatchRequestEntryTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )


class MessageAttribute(TypedDict):
    """An attribute that the sender of a message has set."""

    stringValue: str
    dataType: str


class Record(TypedDict):
    """A message as Lambda's event source passes it to a function.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    """

    messageId: str
    receiptHandle: str
    body: str
    attributes: Mapping[str, str]
    messageAttributes: NotRequired[Mapping[str, MessageAttribute]]


class QueueEvent(TypedDict):
    """A batch of messages, the event of a function that receives from a queue."""

    Records: Sequence[Record]


class ItemFailure(TypedDict):
    """The id of a message that returns to its queue."""

    itemIdentifier: str


class BatchResponse(TypedDict):
    """The response to a batch: Lambda deletes the messages that are not listed.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
    """

    batchItemFailures: list[ItemFailure]


_MOST_ENTRIES = 10
_MOST_BYTES = 250_000
"""SQS and SNS accept ten messages and 256 KiB per call.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

REQUEUE_COUNT, TRY_COUNT, ENDED_COUNT = "PutOff", "Tried", "Ended"
"""Attributes of a requeued message: the number of its requeues, its tries before, and those that ended a function."""

logger = Logger()


def batch_item_failures(records: Iterable[Record]) -> BatchResponse:
    """Return the response with which a function returns only these records to their queue."""
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records]}


def receive_count(record: Record) -> int:
    """Return how many times this record has been received, including this time."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def tries(record: Record) -> int:
    """Return the number of tries of the record's message, including this one.

    A message that was sent again names the tries before. Of another one only the first try is sure: it may have been
    received more often, while Lambda was throttled.
    """
    return _number(record, TRY_COUNT) + 1 if names_tries(record) else min(receive_count(record), 2)


def is_first_try(record: Record) -> bool:
    """Return whether the message is received for the first time, and is no requeued one."""
    return tries(record) == 1 and not _number(record, REQUEUE_COUNT)


def ended_count(record: Record) -> int:
    """Return how many tries of the record's message have ended another function, as its requeues have counted them."""
    return _number(record, ENDED_COUNT)


def names_tries(record: Record) -> bool:
    """Return True if the record's message was sent again, with the number of tries before."""
    return TRY_COUNT in record.get("messageAttributes", {})


def hide(sqs: "SQSClient", queue_url: str, records: Iterable[Record], delay: Callable[[Record], int]) -> None:
    """Hide each failed record for `delay(record)` seconds instead of the visibility timeout of the queue.

    Log an error of SQS and leave the record hidden for the visibility timeout: an exception would return the successful
    records, too.
    """
    entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
        {"Id": str(n), "ReceiptHandle": record["receiptHandle"], "VisibilityTimeout": delay(record)}
        for n, record in enumerate(records)
    ]
    if not entries:
        return
    from botocore.exceptions import BotoCoreError, ClientError  # late: deliver starts without botocore

    try:
        response = sqs.change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)
    except (BotoCoreError, ClientError):
        logger.exception("retries not paced")
    else:
        for failure in response.get("Failed", []):
            logger.warning("retry not paced", extra={"code": failure["Code"]})


def requeue(
    sqs: "SQSClient", queue_url: str, records: Sequence[Record], pause: Callable[[int], int], count: str = REQUEUE_COUNT
) -> list[Record]:
    """Send the messages of these records again, each delayed by `pause(number of its requeues)` seconds.

    `count` is the attribute that counts them. A requeue that counts in another attribute than `REQUEUE_COUNT` is a try.

    Return the records that are replaced by new messages; a longer visibility timeout would count as a try. A record is
    not replaced if SQS refuses the message, or if the pause is 0: the message has then been requeued long enough.
    """
    pauses = {record["messageId"]: pause(_number(record, count) + 1) for record in records}
    due = [record for record in records if pauses[record["messageId"]]]

    def replacement(record: Record) -> "SendMessageBatchRequestEntryTypeDef":
        tried = tries(record) - (count == REQUEUE_COUNT)
        return _message(record, pauses[record["messageId"]], {count: _number(record, count) + 1, TRY_COUNT: tried})

    replaced = send_records(sqs, queue_url, due, replacement)
    for record in replaced:
        times = _number(record, count) + 1
        facts = {"message_id": record["messageId"], "seconds": pauses[record["messageId"]], "times": times}
        logger.info("put off", extra=facts)
    return replaced


def send_again(
    sqs: "SQSClient", queue_url: str, records: Sequence[Record], pause: Callable[[Record], int]
) -> list[Record]:
    """Send messages again after a failed try, each delayed by `pause(record)` seconds; return those replaced."""
    return send_records(
        sqs, queue_url, records, lambda record: _message(record, pause(record), {TRY_COUNT: tries(record)})
    )


def send_records(
    sqs: "SQSClient",
    queue_url: str,
    records: Sequence[Record],
    message: "Callable[[Record], SendMessageBatchRequestEntryTypeDef]",
) -> list[Record]:
    """Send a message for each record, ten at a time; return the records whose messages SQS accepted."""
    by_id = {record["messageId"]: record for record in records}
    sent: set[str] = set()
    for batch in batches({message_id: record["body"] for message_id, record in by_id.items()}):
        sent |= send(sqs, queue_url, [message(by_id[message_id]) for message_id in batch])
    return [record for message_id, record in by_id.items() if message_id in sent]


def send(sqs: "SQSClient", queue_url: str, entries: "Sequence[SendMessageBatchRequestEntryTypeDef]") -> set[str]:
    """Send a batch of messages in one call; return the ids of those that SQS accepted, and log the others."""
    from botocore.exceptions import BotoCoreError, ClientError  # late, as above

    try:
        response = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
    except (BotoCoreError, ClientError):
        logger.exception("messages not sent", extra={"ids": [entry["Id"] for entry in entries]})
        return set()
    for failure in response.get("Failed", []):
        logger.warning("message refused", extra={"id": failure["Id"], "code": failure["Code"]})
    return {success["Id"] for success in response.get("Successful", [])}


def remove(sqs: "SQSClient", queue_url: str, records: Iterable[Record]) -> None:
    """Delete up to ten messages of which Lambda does not know that they are finished.

    An error of SQS is logged: its message is received once more.
    """
    entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
        {"Id": str(n), "ReceiptHandle": record["receiptHandle"]} for n, record in enumerate(records)
    ]
    if not entries:
        return
    from botocore.exceptions import BotoCoreError, ClientError  # late, as above

    try:
        response = sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)
    except (BotoCoreError, ClientError):
        logger.exception("messages not removed", extra={"messages": len(entries)})
    else:
        for refused in response.get("Failed", []):
            logger.warning("message not removed", extra={"code": refused["Code"]})


def batches(messages: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Split messages, given by id, into batches that fit into one call each."""
    batch: dict[str, str] = {}
    size = 0
    for message_id, message in messages.items():
        length = len(message.encode())
        if batch and (len(batch) == _MOST_ENTRIES or size + length > _MOST_BYTES):
            yield batch
            batch, size = {}, 0
        batch[message_id] = message
        size += length
    if batch:
        yield batch


def _message(record: Record, seconds: int, counts: Mapping[str, int]) -> "SendMessageBatchRequestEntryTypeDef":
    """Return a new message with the body and the counts of a record; `counts` replace its own."""
    kept = {name: _number(record, name) for name in (REQUEUE_COUNT, ENDED_COUNT)} | dict(counts)
    return {
        "Id": record["messageId"],
        "MessageBody": record["body"],
        "DelaySeconds": seconds,
        "MessageAttributes": {
            name: {"DataType": "Number", "StringValue": str(number)}
            for name, number in kept.items()
            if number or name != ENDED_COUNT
        },
    }


def _number(record: Record, name: str) -> int:
    """Return the number in a message attribute; 0 without the attribute."""
    attribute = record.get("messageAttributes", {}).get(name)
    return int(attribute["stringValue"]) if attribute else 0
