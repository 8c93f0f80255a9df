"""Answers the events queue: each Event becomes one Delivery per Subscription that wants it."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from domain.event import ERASED, Event
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log import DeliveryLog
from integration.deliveries.runtime.log_row import LONG_AGO, Logged
from integration.deliveries.runtime.queue import Deliveries
from integration.subscriptions.runtime.subscription import EVERY_OWNER, Subscription
from integration.subscriptions.runtime.table import Subscriptions
from wire.aws.client import client
from wire.aws.queue import Record, batch_item_failures, receive_count, retry_later
from wire.aws.retry_policy import EVENTS
from wire.aws.rows import UndoneError

EVENTS_QUEUE_URL = os.environ["EVENTS_QUEUE_URL"]

logger = Logger()
sqs, dynamodb = client("sqs"), client("dynamodb")
deliveries = Deliveries(sqs, os.environ["DELIVERIES_QUEUE_URL"])
subscriptions = Subscriptions(dynamodb, os.environ["SUBSCRIPTIONS_TABLE"], os.environ["DEFAULT_WEBHOOK_URL"])
log = DeliveryLog(dynamodb, os.environ["DELIVERIES_TABLE"])


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The SQS event source's handler; the messages it names are tried again."""
    failed = dispatch(event["Records"], subscriptions, deliveries, log)
    retry_later(sqs, EVENTS_QUEUE_URL, failed, lambda record: EVENTS.backoff(receive_count(record)))
    return batch_item_failures(failed)


def dispatch(
    records: Sequence[Record], subscriptions: Subscriptions, deliveries: Deliveries, log: DeliveryLog
) -> list[Record]:
    """Queue what is owed for each record; answers the records of which any delivery is not queued."""
    told_of, at = cache(subscriptions.of), int(time.time())
    owed = {record["messageId"]: owed_for(record, told_of, log, at) for record in records}
    made = [delivery for each in owed.values() for delivery in each or ()]
    done = deliveries.add(each for each in made if not _unwanted(each))
    done |= missed([each for each in made if _unwanted(each)], log, at)
    return [record for record in records if not _all_done(owed[record["messageId"]], done)]


def owed_for(
    record: Record, told_of: Callable[[str], Iterable[Subscription]], log: DeliveryLog, at: int
) -> list[Delivery] | None:
    """The deliveries an event's message makes; None when it is no event, or a table cannot be read or written.

    They are of the time `at` which the subscriptions were read, or a little before. Of an event that comes late,
    because a try has failed, deliver is to look first whether its image was erased meanwhile.
    """
    said = {"message_id": record["messageId"]}
    try:
        event = Event.from_json(record["body"])
        said["correlation_id"] = event.data.get("image_id")
        if event.type == ERASED:
            for whose in (event.owner, EVERY_OWNER):
                log.erase(whose, event.data["image_id"], at)
        queued_at = at if receive_count(record) == 1 else LONG_AGO
        owed = [Delivery.of(event, each, queued_at) for each in told_of(event.owner) if each.wants(event)]
    except (AttributeError, KeyError, TypeError, ValueError, BotoCoreError, ClientError, UndoneError):
        logger.exception("event not dispatched", extra=said)
        return None
    logger.info("owed", extra=said | {"deliveries": [each.delivery_id for each in owed]})
    return owed


def missed(unwanted: Sequence[Delivery], log: DeliveryLog, now: int) -> set[str]:
    """Log what disabled subscriptions are not told, so that it can be replayed; answers the ids of what is logged."""
    try:
        log.write(Logged.of(each, "dropped", reason="webhook_disabled").to_item(now) for each in unwanted)
    except (BotoCoreError, ClientError, UndoneError):
        for each in unwanted:
            logger.exception("what was missed is not logged", extra=each.log_keys)
        return set()
    return {each.delivery_id for each in unwanted}


def _unwanted(delivery: Delivery) -> bool:
    """Whether it is to be logged and not sent: its subscription is disabled, and nothing has to be looked up first."""
    return bool(delivery.subscription.disabled) and delivery.queued_at != LONG_AGO


def _all_done(owed: list[Delivery] | None, done: set[str]) -> bool:
    return owed is not None and done.issuperset(each.delivery_id for each in owed)
