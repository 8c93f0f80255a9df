"""Records of an SQS batch: answered one by one, tried again later one by one."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Record = Mapping[str, Any]


def failures(records: Iterable[Record]) -> dict[str, list[dict[str, str]]]:
    """The answer that returns just these records to their queue.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
    """
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records]}


def attempt(record: Record) -> int:
    """How many times this record has been received, this time included."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def retry_later(sqs: Any, queue_url: str, records: Iterable[Record], delay: Callable[[Record], int]) -> None:
    """Hide each failed record for `delay(record)` seconds instead of the queue's whole visibility timeout."""
    entries = [
        {"Id": str(n), "ReceiptHandle": record["receiptHandle"], "VisibilityTimeout": delay(record)}
        for n, record in enumerate(records)
    ]
    if entries:
        sqs.change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)
