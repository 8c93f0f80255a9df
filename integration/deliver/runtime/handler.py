"""Answers the deliveries queue: each Delivery is signed and posted to its subscriber, ten at a time.

A start costs half when it waits for no AWS client, so those are made, and botocore imported, when first asked for.
"""

import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from aws_lambda_powertools import Logger

from domain.event import Event
from integration.deliver.runtime.admission import LONGEST_DELAY
from integration.deliver.runtime.batch import ATTEMPT_SECONDS, Batch, begin
from integration.deliver.runtime.eligibility import Due, unwatched
from integration.deliver.runtime.http.pool import Connections
from integration.deliver.runtime.http.send import make_attempt, send_attempt
from integration.deliver.runtime.metrics import tell
from integration.deliver.runtime.outcome import Outcome, PutOff
from integration.deliver.runtime.overlap import worked_off
from integration.deliver.runtime.record_results import judge, rows
from integration.deliver.runtime.requeue import queue_anew
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log import DeliveryLog
from integration.deliveries.runtime.queue import Deliveries
from integration.deliveries.runtime.response import MALFORMED, Answer
from integration.subscriptions.runtime.signature import signing_key
from integration.subscriptions.runtime.subscriber_state import Standings
from integration.subscriptions.runtime.table import Subscriptions
from wire.aws.queue import Record, batch_item_failures, receive_count, retry_later
from wire.aws.retry_policy import DELIVERIES
from wire.aws.rows import UndoneError
from wire.outbound.policy import Policy

DELIVERIES_QUEUE_URL = os.environ["DELIVERIES_QUEUE_URL"]
EVENTS_QUEUE_URL = os.environ["EVENTS_QUEUE_URL"]
DEFAULT_WEBHOOK_URL = os.environ["DEFAULT_WEBHOOK_URL"]
SIGNING_KEY_ARN = os.environ["SIGNING_KEY_ARN"]
SUBSCRIPTIONS_TABLE = os.environ["SUBSCRIPTIONS_TABLE"]
DELIVERIES_TABLE = os.environ["DELIVERIES_TABLE"]
logger = Logger()
connections = Connections(Policy.from_environment(os.environ), ATTEMPT_SECONDS)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The SQS event source's handler; the messages it names are tried again when the schedule says."""
    first = started(event["Records"])
    failed: Sequence[Record] = ()
    for batch in worked_off(first, take):
        again = end(batch)
        if batch is first:
            failed = again
        else:
            deliveries().remove(each for each in batch.records.values() if each not in again)
    return batch_item_failures(failed)


def started(records: Iterable[Record]) -> Batch:
    """A batch whose attempts are under way."""
    named = {record["messageId"]: record for record in records}
    due = {name: each for name, record in named.items() if (each := receive(record))}
    try_once, send = partial(make_attempt, connections.post, key()), partial(send_attempt, connections.send, key())
    return begin(named, due, subscriptions(), standings(), log(), try_once, send)


def take() -> Batch | None:
    """More of the queue; what cannot be begun comes again by itself, and is no reason to forget what was."""
    from botocore.exceptions import BotoCoreError, ClientError

    records = deliveries().take()
    try:
        return started(records) if records else None
    except (BotoCoreError, ClientError, UndoneError):
        logger.exception("not begun", extra={"messages": len(records)})
        return None


def end(batch: Batch) -> list[Record]:
    """Put off, pace, log and learn; answers the messages that are to come again."""
    outcomes = batch.outcomes()
    replaced = queue_anew(batch.due, outcomes, deliveries())
    pauses = {
        name: pause(outcomes.get(name, MALFORMED))
        for name in batch.records
        if name not in replaced and not finished(outcomes.get(name, MALFORMED))
    }
    again = [batch.records[name] for name in pauses]
    if again:
        retry_later(client("sqs"), DELIVERIES_QUEUE_URL, again, lambda record: pauses[record["messageId"]])
    keep(batch, outcomes, pauses)
    tell(outcomes.values(), time.time())
    return again


def keep(batch: Batch, outcomes: Mapping[str, Outcome], pauses: Mapping[str, int]) -> None:
    """Log a batch and learn from it."""
    at, due = time.time(), batch.due
    logged = rows(due, outcomes, pauses, at)
    _carefully(lambda: log().write(logged), due)
    _carefully(lambda: log().forget(unwatched(due, batch.begun, at), logged, at), due)
    _carefully(lambda: log().write(judge(batch.owed, outcomes, standings(), announce, at)), due)


def receive(record: Record) -> Due | None:
    """The delivery a message holds and the attempt it asks for; None when it holds none."""
    try:
        delivery = Delivery.from_json(record["body"])
        return delivery, delivery.tried + receive_count(record)
    except (KeyError, TypeError, ValueError):
        logger.exception("not a delivery", extra={"message_id": record["messageId"]})
        return None


def finished(outcome: Outcome) -> bool:
    """Whether a delivery's message may leave the queue."""
    answer = outcome.answer if isinstance(outcome, Attempt) else outcome
    return isinstance(answer, Answer) and answer.finished


def pause(outcome: Outcome) -> int:
    """Seconds until the next attempt, by the schedule; what no attempt can help goes to the dead letters at once."""
    if isinstance(outcome, Attempt):
        return DELIVERIES.backoff(outcome.number, outcome.answer.retry_after)
    return min(math.ceil(outcome.seconds), LONGEST_DELAY) if isinstance(outcome, PutOff) else 0


def announce(event: Event) -> None:
    """Tell dispatch of an event that happened here."""
    client("sqs").send_message(QueueUrl=EVENTS_QUEUE_URL, MessageBody=event.to_json())


@cache
def subscriptions() -> Subscriptions:
    """Whom deliveries are owed to."""
    return Subscriptions(client("dynamodb"), SUBSCRIPTIONS_TABLE, DEFAULT_WEBHOOK_URL)


@cache
def standings() -> Standings:
    """How they do."""
    return Standings(client("dynamodb"), SUBSCRIPTIONS_TABLE)


@cache
def log() -> DeliveryLog:
    """What was sent."""
    return DeliveryLog(client("dynamodb"), DELIVERIES_TABLE)


@cache
def deliveries() -> Deliveries:
    """What is still to be sent."""
    return Deliveries(client("sqs"), DELIVERIES_QUEUE_URL)


@cache
def key() -> bytes:
    """What the subscribers' secrets derive from, read once."""
    return signing_key(client("secretsmanager"), SIGNING_KEY_ARN)


@cache
def client(service: str) -> Any:
    """The AWS client of a service; DynamoDB judges the log's rows itself, and botocore would take half the time."""
    from wire.aws.client import client_without_validation

    return client_without_validation(service)


def _carefully(write: Callable[[], None], due: Mapping[str, Due]) -> None:
    """A table that refuses must not have subscribers told twice."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        write()
    except (BotoCoreError, ClientError, UndoneError):
        for delivery, _ in due.values():
            logger.exception("not kept", extra=delivery.log_keys)
