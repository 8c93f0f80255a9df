"""The functions behind the routes about webhooks and what is sent to them, each with what it needs and nothing else."""

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

from api.infrastructure import APIStack, add_routes
from python_function import PythonFunction
from recognition.infrastructure import RekognitionStack
from storage import secret_arn

if TYPE_CHECKING:
    from integration.infrastructure import IntegrationStack


def webhook_routes(
    stack: "IntegrationStack", code: lambda_.Code, api: APIStack, recognition: RekognitionStack, loopback: bool
) -> None:
    """Manage webhooks, read and repeat what was sent, follow an image."""
    _webhooks(stack, code, api, loopback)
    _deliveries(stack, code, api)
    _timeline(stack, code, api, recognition)


def _webhooks(stack: "IntegrationStack", code: lambda_.Code, api: APIStack, loopback: bool) -> None:
    webhooks = PythonFunction(
        stack,
        "Webhooks",
        code=code,
        handler="integration.runtime.webhooks.handler",
        environment={
            "SUBSCRIPTIONS_TABLE": stack.subscriptions.table_name,
            "SIGNING_KEY_ARN": secret_arn(stack.signing_key),
            "PUBLIC_URL": api.public_url,
            "CURSOR_KEY_ARN": api.cursor_key_arn,
            "LOOPBACK": str(loopback).lower(),
        },
    )
    webhooks.may(
        ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        stack.subscriptions.table_arn,
    )
    webhooks.may(["secretsmanager:GetSecretValue"], secret_arn(stack.signing_key), api.cursor_key_arn)
    add_routes(
        stack,
        api,
        webhooks,
        "POST /webhooks",
        "GET /webhooks",
        "GET /webhooks/{webhook_id}",
        "PATCH /webhooks/{webhook_id}",
        "DELETE /webhooks/{webhook_id}",
        "POST /webhooks/{webhook_id}/rotate",
    )


def _deliveries(stack: "IntegrationStack", code: lambda_.Code, api: APIStack) -> None:
    deliveries = PythonFunction(
        stack,
        "Deliveries",
        code=code,
        handler="integration.runtime.sent.handler",
        environment={
            "SUBSCRIPTIONS_TABLE": stack.subscriptions.table_name,
            "DELIVERIES_TABLE": stack.delivery_log.table_name,
            "DELIVERIES_QUEUE_URL": stack.deliveries_queue.queue_url,
            "PUBLIC_URL": api.public_url,
            "CURSOR_KEY_ARN": api.cursor_key_arn,
        },
    )
    log = stack.delivery_log.table_arn
    deliveries.may(["dynamodb:GetItem"], stack.subscriptions.table_arn)
    deliveries.may(["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], log)
    deliveries.may(["dynamodb:Query"], f"{log}/index/by_webhook", f"{log}/index/by_status")
    deliveries.may(["sqs:SendMessage"], stack.deliveries_queue.queue_arn)
    deliveries.may(["secretsmanager:GetSecretValue"], api.cursor_key_arn)
    add_routes(
        stack,
        api,
        deliveries,
        "GET /webhooks/{webhook_id}/deliveries",
        "GET /webhooks/{webhook_id}/dead-letters",
        "GET /deliveries/{delivery_id}",
        "POST /webhooks/{webhook_id}/test",
        "POST /webhooks/{webhook_id}/replay",
        "POST /webhooks/{webhook_id}/redrive",
        "POST /deliveries/{delivery_id}/replay",
    )


def _timeline(stack: "IntegrationStack", code: lambda_.Code, api: APIStack, recognition: RekognitionStack) -> None:
    timeline = PythonFunction(
        stack,
        "Timeline",
        code=code,
        handler="integration.runtime.timelines.handler",
        environment={
            "IMAGES_BUCKET": api.images.bucket_name,
            "RECOGNITIONS_TABLE": recognition.recognitions.table_name,
            "ANSWERS_TABLE": recognition.answers.table_name,
            "DELIVERIES_TABLE": stack.delivery_log.table_name,
            "PUBLIC_URL": api.public_url,
        },
    )
    timeline.may(["s3:ListBucket"], api.images.bucket_arn)
    timeline.may(["dynamodb:GetItem"], recognition.recognitions.table_arn)
    timeline.may(["dynamodb:Query"], recognition.answers.table_arn, stack.delivery_log.table_arn)
    add_routes(stack, api, timeline, "GET /images/{image_id}/timeline")
