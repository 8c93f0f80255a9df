"""Answers the events queue: each Event becomes one Delivery per Subscription that wants it."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from domain.event import Event
from integration.runtime.deliveries import Deliveries
from integration.runtime.delivery import Delivery
from integration.runtime.subscription import Subscription
from integration.runtime.subscriptions import Subscriptions
from wire.aws import client
from wire.queue import Record, attempt, failures, retry_later

EVENTS_QUEUE_URL = os.environ["EVENTS_QUEUE_URL"]
DEFAULT_WEBHOOK_URL = os.environ["DEFAULT_WEBHOOK_URL"]
PAUSES = (5, 20, 80, 320, 900)
"""Seconds before each further try; after the last there is none."""

logger = Logger()
sqs = client("sqs")
deliveries = Deliveries(sqs, os.environ["DELIVERIES_QUEUE_URL"])
subscriptions = Subscriptions(
    client("dynamodb"),
    os.environ["SUBSCRIPTIONS_TABLE"],
    Subscription.default(DEFAULT_WEBHOOK_URL) if DEFAULT_WEBHOOK_URL else None,
)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The SQS event source's handler; the messages it names are tried again."""
    failed = dispatch(event["Records"], subscriptions, deliveries)
    retry_later(sqs, EVENTS_QUEUE_URL, failed, seconds_until_retry)
    return failures(failed)


def dispatch(records: Sequence[Record], subscriptions: Subscriptions, deliveries: Deliveries) -> list[Record]:
    """Queue what is owed for each record; answers the records of which any delivery is not queued."""
    told_of = cache(subscriptions.of)
    owed = {record["messageId"]: owed_for(record, told_of) for record in records}
    queued = deliveries.add(delivery for each in owed.values() for delivery in each or ())
    return [record for record in records if not _all_queued(owed[record["messageId"]], queued)]


def owed_for(record: Record, told_of: Callable[[str], Iterable[Subscription]]) -> list[Delivery] | None:
    """The deliveries an event's message makes; None when it is no event, or its subscriptions cannot be read."""
    try:
        event = Event.from_json(record["body"])
        owed = [Delivery.of(event, each, int(time.time())) for each in told_of(event.owner) if each.wants(event)]
        told = {"correlation_id": event.data["image_id"], "deliveries": [each.delivery_id for each in owed]}
    except (AttributeError, KeyError, TypeError, ValueError, BotoCoreError, ClientError):
        logger.exception("event not dispatched", extra={"message_id": record["messageId"]})
        return None
    logger.info("owed", extra=told)
    return owed


def seconds_until_retry(record: Record) -> int:
    """By how often the message has come; at once into the dead letters after the last try."""
    return dict(enumerate(PAUSES, 1)).get(attempt(record), 0)


def _all_queued(owed: list[Delivery] | None, queued: set[str]) -> bool:
    return owed is not None and queued.issuperset(each.delivery_id for each in owed)
