"""Dispatch: the queue of events, and the function that makes deliveries of them."""

from infrastructure.functions import PythonFunction
from infrastructure.queues import Queue, queue_with_dead_letters
from integration.deliveries.infrastructure import Deliveries
from integration.subscriptions.infrastructure import Subscriptions
from integration.unit import Unit

DISPATCH_SECONDS = 30


def events(unit: Unit) -> Queue:
    """Define the queue of events."""
    return queue_with_dead_letters(
        unit.scope,
        "Events",
        function_seconds=DISPATCH_SECONDS,
        batching_seconds=unit.settings.batching_seconds,
        enforce_ssl=unit.settings.enforce_ssl,
    )


def dispatch(unit: Unit, events: Queue, deliveries: Deliveries, subscriptions: Subscriptions) -> PythonFunction:
    """Define the function, which receives the messages of the queue of events."""
    function = PythonFunction(
        unit.scope,
        "Dispatch",
        code=unit.code,
        handler="integration.dispatch.runtime.handler.handler",
        timeout=DISPATCH_SECONDS,
        recursive=True,
        environment={
            "SHARDS": str(unit.settings.shards),
            "EVENTS_QUEUE_URL": events.messages.queue_url,
            "EVENTS_DEAD_URL": events.dead_letters.queue_url,
            "DELIVERIES_QUEUE_URL": deliveries.queue.messages.queue_url,
            "SUBSCRIPTIONS_TABLE": subscriptions.table.table_name,
            "DELIVERIES_TABLE": deliveries.log.table_name,
            "DEFAULT_WEBHOOK_URL": unit.settings.webhook_url,
        },
    )
    function.may(["dynamodb:Query"], subscriptions.table.table_arn)
    function.may(
        ["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert"],
        deliveries.log.table_arn,
    )
    function.may(
        ["sqs:SendMessage"],
        deliveries.queue.messages.queue_arn,
        events.messages.queue_arn,
        events.dead_letters.queue_arn,
    )
    function.work_off(events.messages, unit.settings.concurrency, unit.settings.batching_seconds)
    return function
