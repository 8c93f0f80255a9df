"""The queue of Deliveries."""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_lambda_powertools import Logger

from integration.deliveries.runtime.delivery import Delivery
from wire.aws.queue import Record, batches, send

_HIDDEN_SECONDS = 60
"""So long what a worker has taken for itself stays its own: it has answered for it by then."""

logger = Logger()


class Deliveries:
    """The collection that deliver works off."""

    def __init__(self, sqs: Any, queue_url: str) -> None:
        self._sqs, self._queue_url = sqs, queue_url

    def add(self, deliveries: Iterable[Delivery], delays: Mapping[str, int] | None = None) -> set[str]:
        """Send each delivery once, in as few calls as may be; answers the ids of those the queue took.

        They are received at once, or after so many seconds as `delays` says of their ids.
        """
        given = {each.delivery_id: each for each in deliveries}
        messages = {name: each.to_json() for name, each in given.items()}
        taken = {name for batch in batches(messages) for name in self._send(batch, delays or {})}
        for name in given.keys() - taken:
            logger.error("delivery not queued", extra=given[name].log_keys)
        return taken

    def take(self) -> list[Record]:
        """Up to ten messages, within a second, in the form in which Lambda hands them over."""
        from botocore.exceptions import BotoCoreError, ClientError  # deliver starts without AWS

        try:
            answer = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=10,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
                VisibilityTimeout=_HIDDEN_SECONDS,
                WaitTimeSeconds=1,
            )
        except (BotoCoreError, ClientError):
            logger.exception("no more taken")
            return []
        names = {"MessageId": "messageId", "ReceiptHandle": "receiptHandle", "Body": "body", "Attributes": "attributes"}
        return [{names[name]: each[name] for name in names} for each in answer.get("Messages", [])]

    def remove(self, records: Iterable[Record]) -> None:
        """Have messages that were taken come no more; where that fails, what they hold is told once more."""
        from botocore.exceptions import BotoCoreError, ClientError  # as above

        entries = [{"Id": str(n), "ReceiptHandle": each["receiptHandle"]} for n, each in enumerate(records)]
        try:
            answer = self._sqs.delete_message_batch(QueueUrl=self._queue_url, Entries=entries) if entries else {}
        except (BotoCoreError, ClientError):
            logger.exception("not removed", extra={"messages": len(entries)})
        else:
            for refused in answer.get("Failed", []):
                logger.warning("not removed", extra={"code": refused["Code"]})

    def _send(self, batch: dict[str, str], delays: Mapping[str, int]) -> set[str]:
        entries = [
            {"Id": name, "MessageBody": body} | ({"DelaySeconds": delays[name]} if name in delays else {})
            for name, body in batch.items()
        ]
        return send(self._sqs, self._queue_url, entries)
