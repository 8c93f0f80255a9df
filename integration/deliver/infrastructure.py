"""Deliver: the function that posts deliveries to their subscribers."""

from infrastructure.functions import PythonFunction
from infrastructure.queues import Queue
from integration.deliveries.infrastructure import DELIVER_SECONDS, Deliveries
from integration.subscriptions.infrastructure import Subscriptions
from integration.unit import Unit


def deliver(unit: Unit, events: Queue, deliveries: Deliveries, subscriptions: Subscriptions) -> PythonFunction:
    """Define the function, which receives the messages of the queue of deliveries.

    Twice as many batches run at once as of events, for a delivery may have to wait for a slow subscriber.
    """
    function = PythonFunction(
        unit.scope,
        "Deliver",
        code=unit.code,
        handler="integration.deliver.runtime.handler.handler",
        timeout=DELIVER_SECONDS,
        recursive=True,
        environment={
            "SHARDS": str(unit.settings.shards),
            "DELIVERIES_QUEUE_URL": deliveries.queue.messages.queue_url,
            "DELIVERIES_DEAD_URL": deliveries.queue.dead_letters.queue_url,
            "EVENTS_QUEUE_URL": events.messages.queue_url,
            "SUBSCRIPTIONS_TABLE": subscriptions.table.table_name,
            "DELIVERIES_TABLE": deliveries.log.table_name,
            "SIGNING_KEY_ARN": subscriptions.signing_key_arn,
            "DEFAULT_WEBHOOK_URL": unit.settings.webhook_url,
            "LOOPBACK": str(unit.settings.loopback).lower(),
        },
    )
    function.may(["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], subscriptions.table.table_arn)
    function.may(
        ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert"],
        deliveries.log.table_arn,
    )
    function.may(
        ["sqs:SendMessage"],
        deliveries.queue.messages.queue_arn,
        deliveries.queue.dead_letters.queue_arn,
        events.messages.queue_arn,
    )
    function.may(["secretsmanager:GetSecretValue"], subscriptions.signing_key_arn)
    function.work_off(deliveries.queue.messages, 2 * unit.settings.concurrency, unit.settings.batching_seconds)
    return function
