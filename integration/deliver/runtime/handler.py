"""Handle the queue of deliveries: sign each delivery and post it to its subscriber, ten at a time.

The AWS clients are made, and botocore imported, on first use: a start takes half the time without them.
"""

import os
import time
from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from domain.event import Event
from integration.deliver.runtime.batch import (
    ATTEMPT_SECONDS,
    TAKING_SECONDS,
    Batch,
    start,
    take,
    without_attempts,
    work_off,
)
from integration.deliver.runtime.http.pool import ConnectionPool
from integration.deliver.runtime.http.send import Sender
from integration.deliver.runtime.record_results import record_results
from integration.deliver.runtime.stores import Stores
from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.subscriptions.runtime.signature import signing_key
from integration.subscriptions.runtime.subscriber_state import SubscriberState
from integration.subscriptions.runtime.table import SubscriptionTable
from wire.aws.isolation import BegunTries, Isolation
from wire.aws.queue import BatchResponse, QueueEvent, Record, batch_item_failures
from wire.aws.retries import RetriedQueue
from wire.aws.retry_policy import DELIVERIES
from wire.outbound.policy import Policy

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

DELIVERIES_QUEUE = RetriedQueue(os.environ["DELIVERIES_QUEUE_URL"], os.environ["DELIVERIES_DEAD_URL"])
EVENTS_QUEUE_URL = os.environ["EVENTS_QUEUE_URL"]
DEFAULT_WEBHOOK_URL = os.environ["DEFAULT_WEBHOOK_URL"]
SIGNING_KEY_ARN = os.environ["SIGNING_KEY_ARN"]
SUBSCRIPTIONS_TABLE = os.environ["SUBSCRIPTIONS_TABLE"]
DELIVERIES_TABLE = os.environ["DELIVERIES_TABLE"]
connections = ConnectionPool(Policy.from_environment(os.environ), ATTEMPT_SECONDS)


def handler(event: QueueEvent, context: Any) -> BatchResponse:
    """Deliver a batch of the SQS event source; return the messages to retry, delayed by the retry policy.

    Batches that the worker takes from the queue meanwhile end here too. Lambda does not know of their messages, so the
    worker deletes them itself.
    """
    records = event["Records"]
    alone = any(map(isolation.is_suspect, records))
    return batch_item_failures(isolation.handle_apart(records, partial(deliver, takes=not alone)))


def deliver(records: Sequence[Record], *, takes: bool) -> list[Record]:
    """Deliver these messages; return those to retry. If `takes`, further batches are taken while attempts hang."""
    first = begin(records)
    failed: list[Record] = []
    for batch in work_off(first, partial(take, queue, begin, isolation.is_suspect) if takes else no_batch):
        retried = record_results(batch, stores(), queue, publish, time.time)
        if batch is first:
            failed = retried
        else:
            queue().remove(message.record for message in batch.messages if message.record not in retried)
    return failed


def no_batch() -> None:
    """Take no batch: suspects need the time that is left."""


def begin(records: Iterable[Record]) -> Batch:
    """Start the attempts at the deliveries of these messages."""
    return start(records, stores(), sender(), now=time.time)


def give_up(records: Sequence[Record]) -> list[Record]:
    """Log the deliveries of these messages as dead and move them to the dead letters; return those not moved."""
    return record_results(without_attempts(records, time.time()), stores(), queue, publish, time.time)


def remove(records: Iterable[Record]) -> None:
    """Delete finished messages."""
    queue().remove(records)


def dynamodb() -> "DynamoDBClient":
    """Return the client of DynamoDB."""
    found: DynamoDBClient = client("dynamodb")
    return found


begun = BegunTries(dynamodb, DELIVERIES_TABLE, ("about", "delivery"))
isolation = Isolation(DELIVERIES.tries, TAKING_SECONDS, begun, give_up, remove)


def publish(event: Event) -> None:
    """Publish an event: send it to dispatch."""
    client("sqs").send_message(QueueUrl=EVENTS_QUEUE_URL, MessageBody=event.to_json())


@cache
def stores() -> Stores:
    """Return the tables."""
    dynamodb = client("dynamodb")
    return Stores(
        SubscriptionTable(dynamodb, SUBSCRIPTIONS_TABLE, DEFAULT_WEBHOOK_URL),
        SubscriberState(dynamodb, SUBSCRIPTIONS_TABLE),
        DeliveryLog(dynamodb, DELIVERIES_TABLE),
    )


@cache
def queue() -> DeliveryQueue:
    """Return the queue of deliveries."""
    return DeliveryQueue(client("sqs"), *DELIVERIES_QUEUE)


@cache
def sender() -> Sender:
    """Return the sender, with the key that is read once."""
    return Sender(connections, signing_key(client("secretsmanager"), SIGNING_KEY_ARN))


@cache
def client(service: str) -> Any:
    """Return the AWS client of a service.

    DynamoDB validates the log's rows itself; botocore's validation would take half of the time.
    """
    from wire.aws.client import client_without_validation

    return client_without_validation(service)
