"""The queue of Deliveries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from integration.deliveries.runtime.delivery import Delivery
from wire.aws.queue import Record, batches, hide, remove, send
from wire.aws.retries import RetriedQueue, bury

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

LONGEST_DELAY = 900
"""SQS delays a message no longer: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""
_HIDDEN_SECONDS = 60
"""For this long the messages that a worker has taken stay hidden from others: it has dealt with them by then."""

logger = Logger()


class DeliveryQueue:
    """The queue that the deliver function works off."""

    def __init__(self, sqs: "SQSClient", queue_url: str, dead_letters_url: str = "") -> None:
        self._sqs, self._queue_url = sqs, queue_url
        self._retried = RetriedQueue(queue_url, dead_letters_url)

    def add(self, deliveries: Iterable[Delivery], delays: Mapping[str, int] | None = None) -> set[str]:
        """Send each delivery once, in as few calls as possible; return the ids of those that the queue accepted.

        `delays` are the seconds, by delivery id, until a message can be received; the others can be at once.
        """
        by_id = {delivery.delivery_id: delivery for delivery in deliveries}
        messages = {delivery_id: delivery.to_json() for delivery_id, delivery in by_id.items()}
        accepted = {delivery_id for batch in batches(messages) for delivery_id in self._send(batch, delays or {})}
        for delivery_id in by_id.keys() - accepted:
            logger.error("delivery not queued", extra=by_id[delivery_id].log_keys)
        return accepted

    def take(self) -> list[Record]:
        """Receive up to ten messages, within a second, in the form in which Lambda passes them to a handler."""
        from botocore.exceptions import BotoCoreError, ClientError  # deliver starts without AWS

        try:
            received = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=10,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
                VisibilityTimeout=_HIDDEN_SECONDS,
                WaitTimeSeconds=1,
            )
        except (BotoCoreError, ClientError):
            logger.exception("no further messages received")
            return []
        return [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": {str(name): value for name, value in message["Attributes"].items()},
            }
            for message in received.get("Messages", [])
        ]

    def remove(self, records: Iterable[Record]) -> None:
        """Delete messages of which Lambda does not know that they are finished, up to ten.

        Where that fails, their deliveries are posted once more.
        """
        remove(self._sqs, self._queue_url, records)

    def retry_later(self, records: Iterable[Record], delay: Callable[[Record], int]) -> None:
        """Hide messages that stay in the queue for `delay(record)` seconds each, instead of the queue's timeout."""
        hide(self._sqs, self._queue_url, records, delay)

    def bury(self, records: Sequence[Record]) -> list[Record]:
        """Move messages to the dead letters; return those that SQS accepted there."""
        return bury(self._sqs, self._retried, records)

    def _send(self, batch: Mapping[str, str], delays: Mapping[str, int]) -> set[str]:
        entries: list[SendMessageBatchRequestEntryTypeDef] = []
        for delivery_id, body in batch.items():
            entry: SendMessageBatchRequestEntryTypeDef = {"Id": delivery_id, "MessageBody": body}
            if delivery_id in delays:
                entry["DelaySeconds"] = delays[delivery_id]
            entries.append(entry)
        return send(self._sqs, self._queue_url, entries)
