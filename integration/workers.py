"""The two functions that work off the stack's queues, each with what it needs and nothing else."""

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

from python_function import PythonFunction
from storage import secret_arn

if TYPE_CHECKING:
    from integration.infrastructure import IntegrationStack

DISPATCH_SECONDS, DELIVER_SECONDS = 30, 60


def dispatch(stack: "IntegrationStack", code: lambda_.Code, webhook_url: str, concurrency: int) -> PythonFunction:
    """What makes deliveries of events."""
    made = PythonFunction(
        stack,
        "Dispatch",
        code=code,
        handler="integration.runtime.dispatch.handler",
        timeout=DISPATCH_SECONDS,
        environment={
            "EVENTS_QUEUE_URL": stack.events_queue.queue_url,
            "DELIVERIES_QUEUE_URL": stack.deliveries_queue.queue_url,
            "SUBSCRIPTIONS_TABLE": stack.subscriptions.table_name,
            "DELIVERIES_TABLE": stack.delivery_log.table_name,
            "DEFAULT_WEBHOOK_URL": webhook_url,
        },
    )
    made.may(["dynamodb:Query"], stack.subscriptions.table_arn)
    made.may(["dynamodb:Query", "dynamodb:BatchWriteItem"], stack.delivery_log.table_arn)
    made.may(["sqs:SendMessage"], stack.deliveries_queue.queue_arn)
    made.work_off(stack.events_queue, concurrency)
    return made


def deliver(
    stack: "IntegrationStack", code: lambda_.Code, webhook_url: str, concurrency: int, loopback: bool
) -> PythonFunction:
    """What posts deliveries to their subscribers."""
    made = PythonFunction(
        stack,
        "Deliver",
        code=code,
        handler="integration.runtime.deliver.handler",
        timeout=DELIVER_SECONDS,
        environment={
            "DELIVERIES_QUEUE_URL": stack.deliveries_queue.queue_url,
            "EVENTS_QUEUE_URL": stack.events_queue.queue_url,
            "SUBSCRIPTIONS_TABLE": stack.subscriptions.table_name,
            "DELIVERIES_TABLE": stack.delivery_log.table_name,
            "SIGNING_KEY_ARN": secret_arn(stack.signing_key),
            "DEFAULT_WEBHOOK_URL": webhook_url,
            "LOOPBACK": str(loopback).lower(),
        },
    )
    made.may(["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], stack.subscriptions.table_arn)
    made.may(["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], stack.delivery_log.table_arn)
    made.may(["sqs:SendMessage"], stack.deliveries_queue.queue_arn, stack.events_queue.queue_arn)
    made.may(["secretsmanager:GetSecretValue"], secret_arn(stack.signing_key))
    made.work_off(stack.deliveries_queue, 2 * concurrency)
    return made
