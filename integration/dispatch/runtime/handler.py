"""Handle the queue of events: make one Delivery of each Event for each Subscription that wants it, and queue it."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from domain.event import ERASED, Event
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.deliveries.runtime.log.row import LONG_AGO, DeliveryRecord
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.dispatch.runtime.read_event import read_event
from integration.subscriptions.runtime.subscription import EVERY_OWNER, Subscription
from integration.subscriptions.runtime.table import SubscriptionTable
from wire.aws.client import client, client_without_validation
from wire.aws.isolation import BegunTries, Isolation
from wire.aws.message import read_message
from wire.aws.queue import BatchResponse, QueueEvent, Record, batch_item_failures, tries
from wire.aws.retries import RetriedQueue, retry_later
from wire.aws.retry_policy import EVENTS
from wire.aws.rows import UndoneError

EVENTS_QUEUE = RetriedQueue(os.environ["EVENTS_QUEUE_URL"], os.environ["EVENTS_DEAD_URL"])

SubscriptionsOf = Callable[[str], Iterable[Subscription]]

logger = Logger()
sqs, dynamodb = client("sqs"), client_without_validation("dynamodb")
queue = DeliveryQueue(sqs, os.environ["DELIVERIES_QUEUE_URL"])
subscriptions = SubscriptionTable(dynamodb, os.environ["SUBSCRIPTIONS_TABLE"], os.environ["DEFAULT_WEBHOOK_URL"])
log = DeliveryLog(dynamodb, os.environ["DELIVERIES_TABLE"])
begun = BegunTries(lambda: dynamodb, os.environ["DELIVERIES_TABLE"], ("about", "delivery"))
isolation = Isolation.of_queue(lambda: sqs, EVENTS_QUEUE, begun, seconds=15)


def handler(event: QueueEvent, context: Any) -> BatchResponse:
    """Dispatch a batch of the SQS event source; return the messages to retry."""
    return batch_item_failures(isolation.handle_apart(event["Records"], retried_dispatch))


def retried_dispatch(records: Sequence[Record]) -> list[Record]:
    """Dispatch events, and have those that fail tried again; return the messages that stay in the queue."""
    failed = dispatch(records, subscriptions, queue, log)
    return retry_later(sqs, EVENTS_QUEUE, failed, EVENTS)


def dispatch(
    records: Sequence[Record], subscriptions: SubscriptionTable, queue: DeliveryQueue, log: DeliveryLog
) -> list[Record]:
    """Queue the deliveries of each event; return the messages whose deliveries are not all queued or logged."""
    subscriptions_of, at = cache(subscriptions.for_owner), int(time.time())
    due = {record["messageId"]: deliveries_of(record, subscriptions_of, log, at) for record in records}
    deliveries = [delivery for made in due.values() for delivery in made or ()]
    done = queue.add(delivery for delivery in deliveries if not _is_missed(delivery))
    done |= log_missed([delivery for delivery in deliveries if _is_missed(delivery)], log, at)
    return [record for record in records if not _all_done(due[record["messageId"]], done)]


def deliveries_of(
    record: Record, subscriptions_of: SubscriptionsOf, log: DeliveryLog, at: int
) -> list[Delivery] | None:
    """Return the deliveries of the event in a message; None if it holds no event, or a table cannot be used.

    Whatever reading raises concerns this message alone, and so do the errors of its event that are named here. Any
    other one is a fault of this program, and raised.
    """
    keys: dict[str, object] = {"message_id": record["messageId"]}
    event = read_message(record, lambda message: read_event(message["body"]))
    if not event:
        return None
    keys["correlation_id"] = event.data.get("image_id")
    try:
        deliveries = _deliveries(event, subscriptions_of, log, at, first_try=tries(record) == 1)
    except (BotoCoreError, ClientError, RecursionError, UndoneError, ValueError):
        logger.exception("event not dispatched", extra=keys)
        return None
    logger.info("event dispatched", extra=keys | {"deliveries": [delivery.delivery_id for delivery in deliveries]})
    return deliveries


def log_missed(missed: Sequence[Delivery], log: DeliveryLog, now: int) -> set[str]:
    """Log the deliveries that disabled subscriptions miss, for a later replay; return the ids of those logged.

    An event that is received again may have been delivered before: what the log has of it stays.
    An image may be erased before the event of its outcome arrives here: its mark is looked for after the write.
    """
    if not missed:
        return set()
    try:
        rows = [DeliveryRecord.of(delivery, "dropped", reason="webhook_disabled").to_item(now) for delivery in missed]
        log.add(rows)
        log.forget_erased(missed, rows, now)
    except (BotoCoreError, ClientError, UndoneError):
        for delivery in missed:
            logger.exception("missed delivery not logged", extra=delivery.log_keys)
        return set()
    return {delivery.delivery_id for delivery in missed}


def _deliveries(
    event: Event, subscriptions_of: SubscriptionsOf, log: DeliveryLog, at: int, *, first_try: bool
) -> list[Delivery]:
    """Return the event's deliveries, queued `at` the time at which the subscriptions are read, or a little before.

    After a failed try the event is late: its image may have been erased meanwhile, so deliver must look.
    """
    if event.type == ERASED:
        for owner in (event.owner, EVERY_OWNER):
            log.erase(owner, event.data["image_id"], at)
    queued_at = at if first_try else LONG_AGO
    receivers = [subscription for subscription in subscriptions_of(event.owner) if subscription.wants(event)]
    return [Delivery.of(event, subscription, queued_at) for subscription in receivers]


def _is_missed(delivery: Delivery) -> bool:
    """Return True if a delivery is to be logged and not queued: its subscription is disabled, and it is not late."""
    return bool(delivery.subscription.disabled) and delivery.queued_at != LONG_AGO


def _all_done(deliveries: Iterable[Delivery] | None, done: set[str]) -> bool:
    return deliveries is not None and done.issuperset(delivery.delivery_id for delivery in deliveries)
