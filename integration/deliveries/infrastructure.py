"""Deliveries: their log, their queue, the function behind the routes that read and replay them."""

from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb

from infrastructure.functions import PythonFunction
from infrastructure.queues import Queue, queue_with_dead_letters
from infrastructure.storage import keyed_table
from integration.subscriptions.infrastructure import Subscriptions
from integration.unit import Unit

DELIVER_SECONDS = 60
"""The timeout of the deliver function, which receives the queue's messages."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The table of the delivery log, and the queue of deliveries to post."""

    log: dynamodb.Table
    queue: Queue


def deliveries(unit: Unit) -> Deliveries:
    """Define the table and the queue."""
    queue = queue_with_dead_letters(
        unit.scope,
        "Deliveries",
        function_seconds=DELIVER_SECONDS,
        batching_seconds=unit.settings.batching_seconds,
        enforce_ssl=unit.settings.enforce_ssl,
    )
    return Deliveries(_log_table(unit), queue)


def delivery_routes(unit: Unit, deliveries: Deliveries, subscriptions: Subscriptions) -> None:
    """Define the function that lists, tests, replays and redrives deliveries."""
    function = PythonFunction(
        unit.scope,
        "Deliveries",
        code=unit.code,
        handler="integration.deliveries.runtime.handler.handler",
        environment={
            "SHARDS": str(unit.settings.shards),
            "SUBSCRIPTIONS_TABLE": subscriptions.table.table_name,
            "DELIVERIES_TABLE": deliveries.log.table_name,
            "DELIVERIES_QUEUE_URL": deliveries.queue.messages.queue_url,
            "PUBLIC_URL": unit.api.routes.public_url,
        },
    )
    log = deliveries.log.table_arn
    function.may(["dynamodb:GetItem"], subscriptions.table.table_arn)
    function.may(["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], log)
    function.may(["dynamodb:Query"], f"{log}/index/by_webhook", f"{log}/index/by_status")
    function.may(["sqs:SendMessage"], deliveries.queue.messages.queue_arn)
    unit.api.routes.add(unit.scope, function)


def _log_table(unit: Unit) -> dynamodb.Table:
    """Define the log, keyed by owner and image, and by delivery.

    An index holds the state of each delivery, neither its body nor its attempts.
    """
    table = keyed_table(unit.scope, "DeliveryLog", "about", "delivery", expires="expires")
    for name, key in (("by_webhook", "webhook"), ("by_status", "webhook_status")):
        table.add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=key, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="at", type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.INCLUDE,
            non_key_attributes=["said"],
        )
    return table
