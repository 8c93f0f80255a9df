"""The queue of Deliveries."""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_lambda_powertools import Logger

from integration.runtime.delivery import Delivery
from wire.queue import batches, send

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

    def _send(self, batch: dict[str, str], delays: Mapping[str, int]) -> set[str]:
        entries = [
            {"Id": name, "MessageBody": body} | ({"DelaySeconds": delays[name]} if name in delays else {})
            for name, body in batch.items()
        ]
        return send(self._sqs, self._queue_url, entries)
