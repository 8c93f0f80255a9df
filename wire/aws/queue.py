"""Records of an SQS batch: answered one by one, tried again later one by one, or put off."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger

Record = Mapping[str, Any]

_MOST_ENTRIES = 10
_MOST_BYTES = 250_000
"""SQS and SNS take ten messages and 256 KiB a call.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

PUT_OFF, TRIED = "PutOff", "Tried"
"""The attributes of a message that was put off: how often, and how many tries it has had apart from that."""

logger = Logger()


def batch_item_failures(records: Iterable[Record]) -> dict[str, list[dict[str, str]]]:
    """The answer that returns just these records to their queue.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
    """
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records]}


def receive_count(record: Record) -> int:
    """How many times this record has been received, this time included."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def tries(record: Record) -> int:
    """How many tries its message has had, this one included; to be put off was none."""
    return _told(record, TRIED) + receive_count(record)


def retry_later(sqs: Any, queue_url: str, records: Iterable[Record], delay: Callable[[Record], int]) -> None:
    """Hide each failed record for `delay(record)` seconds instead of the queue's whole visibility timeout.

    Where that fails they stay hidden for the queue's: to raise would return the records that went well, too.
    """
    entries = [
        {"Id": str(n), "ReceiptHandle": record["receiptHandle"], "VisibilityTimeout": delay(record)}
        for n, record in enumerate(records)
    ]
    if not entries:
        return
    from botocore.exceptions import BotoCoreError, ClientError  # whoever starts without AWS has it by now

    try:
        answer = sqs.change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)
    except (BotoCoreError, ClientError):
        logger.exception("retries not paced")
    else:
        for refused in answer.get("Failed", []):
            logger.warning("retry not paced", extra={"code": refused["Code"]})


def requeue(sqs: Any, queue_url: str, records: Sequence[Record], pause: Callable[[int], int]) -> list[Record]:
    """Send messages that could not be tried once more, each after `pause(how often that was)` seconds.

    Answers those that are replaced thereby: to hide them instead would count as a try. The others SQS did not take, or
    the pause is none: they have been put off for long enough.
    """
    pauses = {each["messageId"]: pause(_told(each, PUT_OFF) + 1) for each in records}
    due = {each["messageId"]: each for each in records if pauses[each["messageId"]]}
    taken: set[str] = set()
    for batch in batches({name: each["body"] for name, each in due.items()}):
        taken |= send(sqs, queue_url, [_anew(due[name], pauses[name]) for name in batch])
    for name in taken:
        times = _told(due[name], PUT_OFF) + 1
        logger.info("put off", extra={"message_id": name, "seconds": pauses[name], "times": times})
    return [each for name, each in due.items() if name in taken]


def send(sqs: Any, queue_url: str, entries: Sequence[Mapping[str, Any]]) -> set[str]:
    """Send a batch of messages in one call; answers the ids of those that the queue took."""
    from botocore.exceptions import BotoCoreError, ClientError  # as above

    try:
        answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
    except (BotoCoreError, ClientError):
        logger.exception("messages not sent", extra={"ids": [each["Id"] for each in entries]})
        return set()
    for refused in answer.get("Failed", []):
        logger.warning("message refused", extra={"id": refused["Id"], "code": refused["Code"]})
    return {each["Id"] for each in answer.get("Successful", [])}


def batches(messages: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Messages by id, split so that each batch fits one call."""
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


def _anew(record: Record, seconds: int) -> dict[str, Any]:
    said = {PUT_OFF: _told(record, PUT_OFF) + 1, TRIED: tries(record) - 1}
    attributes = {name: {"DataType": "Number", "StringValue": str(number)} for name, number in said.items()}
    return {
        "Id": record["messageId"],
        "MessageBody": record["body"],
        "DelaySeconds": seconds,
        "MessageAttributes": attributes,
    }


def _told(record: Record, name: str) -> int:
    return int(record.get("messageAttributes", {}).get(name, {}).get("stringValue", 0))
