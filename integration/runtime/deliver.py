"""Answers the deliveries queue: each Delivery is signed and posted to its subscriber, ten at a time.

A start costs half when it waits for no AWS client, so those are made, and botocore imported, when first asked for.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache, partial
from typing import Any

from aws_lambda_powertools import Logger

from integration.runtime.answer import BROKEN, HUNG, MALFORMED, UNSUBSCRIBED, Answer
from integration.runtime.attempt import make_attempt
from integration.runtime.connections import Connections
from integration.runtime.delivery import Delivery
from integration.runtime.schedule import ATTEMPT_SECONDS, pause
from integration.runtime.signature import signing_key
from integration.runtime.subscription import Subscription
from integration.runtime.subscriptions import Subscriptions
from wire.outbound import Policy
from wire.queue import Record, attempt, failures, retry_later

DELIVERIES_QUEUE_URL = os.environ["DELIVERIES_QUEUE_URL"]
DEFAULT_WEBHOOK_URL = os.environ["DEFAULT_WEBHOOK_URL"]
SIGNING_KEY_ARN = os.environ["SIGNING_KEY_ARN"]
SUBSCRIPTIONS_TABLE = os.environ["SUBSCRIPTIONS_TABLE"]
FRESH_SECONDS = 60
"""So long after dispatch a subscription is taken to be as dispatch read it; later it may have been deleted."""
PATIENCE = ATTEMPT_SECONDS + 5
"""Seconds until a batch is answered whatever hangs, so that nobody is told twice for a neighbour's sake."""
MOST_THREADS = 20
"""One for each record of a batch, and as many again should all of the last one's hang."""

TryOnce = Callable[[Delivery, Subscription, int], Answer]

logger = Logger()
connections = Connections(Policy.from_environment(os.environ), ATTEMPT_SECONDS)
threads = ThreadPoolExecutor(MOST_THREADS)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The SQS event source's handler; the messages it names are tried again when the schedule says."""
    records = event["Records"]
    answers = deliver(records, subscriptions(), partial(make_attempt, connections.post, key()))
    failed = [record for record in records if not answers[record["messageId"]].finished]
    if failed:
        delay = {record["messageId"]: seconds_until_retry(record, answers[record["messageId"]]) for record in failed}
        retry_later(client("sqs"), DELIVERIES_QUEUE_URL, failed, lambda record: delay[record["messageId"]])
    return failures(failed)


def deliver(
    records: Sequence[Record],
    subscriptions: Subscriptions,
    try_once: TryOnce,
    patience: float = PATIENCE,
    now: Callable[[], float] = time.time,
) -> dict[str, Answer]:
    """Make one attempt at every record's delivery, all at once; the answers by message id."""
    owed = {record["messageId"]: receive(record) for record in records}
    told = told_of([each for each in owed.values() if each], subscriptions, now() - FRESH_SECONDS)
    pending = {
        record["messageId"]: threads.submit(answer_to, owed[record["messageId"]], told, attempt(record), try_once)
        for record in records
    }
    wait(pending.values(), patience)
    return {message_id: _outcome(each) for message_id, each in pending.items()}


def told_of(
    deliveries: Sequence[Delivery], subscriptions: Subscriptions, fresh_since: float
) -> dict[tuple[str, str], Subscription]:
    """Whom to tell, by owner and id: those of fresh deliveries as they stand there, the others looked up."""
    fresh = [each.subscription for each in deliveries if each.queued_at >= fresh_since]
    old = subscriptions.by_ids(
        (each.owner, each.subscription_id) for each in deliveries if each.queued_at < fresh_since
    )
    return {(each.owner, each.subscription_id): each for each in fresh} | old


def receive(record: Record) -> Delivery | None:
    """The delivery a message holds; None when it holds none."""
    try:
        return Delivery.from_json(record["body"])
    except (TypeError, ValueError):
        logger.exception("not a delivery", extra={"message_id": record["messageId"]})
        return None


def answer_to(
    delivery: Delivery | None, told: Mapping[tuple[str, str], Subscription], number: int, try_once: TryOnce
) -> Answer:
    """What comes of a delivery; one whose subscription was deleted meanwhile is owed to nobody."""
    if not delivery:
        return MALFORMED
    subscription = told.get((delivery.owner, delivery.subscription_id))
    if not subscription:
        logger.info("unsubscribed meanwhile", extra={"delivery_id": delivery.delivery_id})
        return UNSUBSCRIBED
    return try_once(delivery, subscription, number)


def seconds_until_retry(record: Record, answer: Answer) -> int:
    """By the schedule; a message that no attempt can help goes on to the dead letters at once."""
    return 0 if answer == MALFORMED else pause(attempt(record), answer.retry_after)


@cache
def subscriptions() -> Subscriptions:
    """Whom deliveries are owed to."""
    default = Subscription.default(DEFAULT_WEBHOOK_URL) if DEFAULT_WEBHOOK_URL else None
    return Subscriptions(client("dynamodb"), SUBSCRIPTIONS_TABLE, default)


@cache
def key() -> bytes:
    """What the subscribers' secrets derive from, read once."""
    return signing_key(client("secretsmanager"), SIGNING_KEY_ARN)


@cache
def client(service: str) -> Any:
    """The AWS client of a service."""
    from wire import aws

    return aws.client(service)


def _outcome(pending: Future[Answer]) -> Answer:
    if not pending.done():
        return HUNG
    if error := pending.exception():
        logger.error("attempt broke off", exc_info=error)
        return BROKEN
    return pending.result()
