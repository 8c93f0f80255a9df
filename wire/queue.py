"""Records of an SQS batch: answered one by one, tried again later one by one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from aws_lambda_powertools import Logger

Record = Mapping[str, Any]

_MOST_ENTRIES = 10
_MOST_BYTES = 250_000
"""SQS and SNS take ten messages and 256 KiB a call.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

logger = Logger()


def failures(records: Iterable[Record]) -> dict[str, list[dict[str, str]]]:
    """The answer that returns just these records to their queue.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
    """
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records]}


def attempt(record: Record) -> int:
    """How many times this record has been received, this time included."""
    return int(record["attributes"]["ApproximateReceiveCount"])


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
