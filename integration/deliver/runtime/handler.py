"""Handle the queue of deliveries: sign each delivery and post it to its subscriber, ten at a time.

The AWS clients are made, and botocore imported, on first use: a start takes half the time without them.
"""

import os
import time
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from domain.event import Event
from integration.deliver.runtime.batch import ATTEMPT_SECONDS, start, take, work_off
from integration.deliver.runtime.http.pool import ConnectionPool
from integration.deliver.runtime.http.send import Sender
from integration.deliver.runtime.record_results import record_results
from integration.deliver.runtime.stores import Stores
from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.subscriptions.runtime.signature import signing_key
from integration.subscriptions.runtime.subscriber_state import SubscriberState
from integration.subscriptions.runtime.table import SubscriptionTable
from wire.aws.queue import BatchResponse, QueueEvent, Record, batch_item_failures
from wire.aws.retries import RetriedQueue
from wire.outbound.policy import Policy

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
    begin = partial(start, stores=stores(), sender=sender(), now=time.time)
    first = begin(event["Records"])
    failed: Sequence[Record] = ()
    for batch in work_off(first, partial(take, queue, begin)):
        retried = record_results(batch, stores(), queue, publish, time.time)
        if batch is first:
            failed = retried
        else:
            queue().remove(message.record for message in batch.messages if message.record not in retried)
    return batch_item_failures(failed)


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
