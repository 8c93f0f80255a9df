"""IntegrationStack: who wants to be told of what, and the queues by which they are."""

from functools import partial
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns_subscriptions as sns_subscriptions
from constructs import Construct

from api.infrastructure import APIStack, add_routes
from integration.delivery_table import delivery_table
from operations.dashboard import dashboard
from python_function import PythonFunction, unit_bundle
from recognition.infrastructure import RekognitionStack
from storage import generated_key, owner_table, queue_with_dead_letters, secret_arn
from wire.schedule import DELIVERIES, EVENTS

SECONDS = 30
DEAD_DELIVERIES = 100
"""A subscriber that is down for a day leaves some, which is its owner's affair; more are the operator's."""


class IntegrationStack(cdk.Stack):
    """`subscriptions` and `delivery_log` are the tables; `events_queue` and `deliveries_queue` have their `…_dead`.

    At most `concurrency` batches of events are in flight and twice as many of deliveries, which may have to wait for
    slow subscribers; so these do not use up what the account may run at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        api: APIStack,
        recognition: RekognitionStack,
        webhook_url: str,
        concurrency: int,
        loopback: bool,
        vendor: bool,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self.subscriptions = owner_table(self, "Subscriptions", "subscription_id")
        self.delivery_log = delivery_table(self)
        self.signing_key = _signing_key(self)
        queue = partial(queue_with_dead_letters, self, function_seconds=SECONDS, enforce_ssl=api.enforce_ssl)
        self.events_queue, self.events_dead = queue("Events", tries=EVENTS.tries)
        self.deliveries_queue, self.deliveries_dead = queue("Deliveries", tries=DELIVERIES.tries)
        recognition.results.add_subscription(
            sns_subscriptions.SqsSubscription(
                self.events_queue, raw_message_delivery=True, dead_letter_queue=self.events_dead
            )
        )
        code = unit_bundle(self, "integration", vendor=vendor)
        self._webhooks(code, api, loopback)
        self._deliveries(code, api)
        self._timeline(code, api, recognition)
        self.dispatch = self._dispatch(code, webhook_url, concurrency)
        self.deliver = self._deliver(code, webhook_url, concurrency, loopback)
        api.alarms.watch(self, {self.deliveries_dead: DEAD_DELIVERIES})
        api.alarms.deliveries(self.deliver)
        self._dashboard(api, recognition)
        self._outputs(webhook_url)

    def _webhooks(self, code: lambda_.Code, api: APIStack, loopback: bool) -> None:
        webhooks = PythonFunction(
            self,
            "Webhooks",
            code=code,
            handler="integration.runtime.webhooks.handler",
            environment={
                "SUBSCRIPTIONS_TABLE": self.subscriptions.table_name,
                "SIGNING_KEY_ARN": secret_arn(self.signing_key),
                "PUBLIC_URL": api.public_url,
                "CURSOR_KEY_ARN": api.cursor_key_arn,
                "LOOPBACK": _truth(loopback),
            },
        )
        webhooks.may(
            ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
            self.subscriptions.table_arn,
        )
        webhooks.may(["secretsmanager:GetSecretValue"], secret_arn(self.signing_key), api.cursor_key_arn)
        add_routes(
            self,
            api,
            webhooks,
            "POST /webhooks",
            "GET /webhooks",
            "GET /webhooks/{webhook_id}",
            "PATCH /webhooks/{webhook_id}",
            "DELETE /webhooks/{webhook_id}",
            "POST /webhooks/{webhook_id}/rotate",
        )

    def _deliveries(self, code: lambda_.Code, api: APIStack) -> None:
        deliveries = PythonFunction(
            self,
            "Deliveries",
            code=code,
            handler="integration.runtime.sent.handler",
            environment={
                "SUBSCRIPTIONS_TABLE": self.subscriptions.table_name,
                "DELIVERIES_TABLE": self.delivery_log.table_name,
                "DELIVERIES_QUEUE_URL": self.deliveries_queue.queue_url,
                "PUBLIC_URL": api.public_url,
                "CURSOR_KEY_ARN": api.cursor_key_arn,
            },
        )
        log = self.delivery_log.table_arn
        deliveries.may(["dynamodb:GetItem"], self.subscriptions.table_arn)
        deliveries.may(["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], log)
        deliveries.may(["dynamodb:Query"], f"{log}/index/by_webhook", f"{log}/index/by_status")
        deliveries.may(["sqs:SendMessage"], self.deliveries_queue.queue_arn)
        deliveries.may(["secretsmanager:GetSecretValue"], api.cursor_key_arn)
        add_routes(
            self,
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

    def _timeline(self, code: lambda_.Code, api: APIStack, recognition: RekognitionStack) -> None:
        timeline = PythonFunction(
            self,
            "Timeline",
            code=code,
            handler="integration.runtime.timelines.handler",
            environment={
                "IMAGES_BUCKET": api.images.bucket_name,
                "RECOGNITIONS_TABLE": recognition.recognitions.table_name,
                "ANSWERS_TABLE": recognition.answers.table_name,
                "DELIVERIES_TABLE": self.delivery_log.table_name,
                "PUBLIC_URL": api.public_url,
            },
        )
        timeline.may(["s3:ListBucket"], api.images.bucket_arn)
        timeline.may(["dynamodb:GetItem"], recognition.recognitions.table_arn)
        timeline.may(["dynamodb:Query"], recognition.answers.table_arn, self.delivery_log.table_arn)
        add_routes(self, api, timeline, "GET /images/{image_id}/timeline")

    def _dispatch(self, code: lambda_.Code, webhook_url: str, concurrency: int) -> PythonFunction:
        dispatch = PythonFunction(
            self,
            "Dispatch",
            code=code,
            handler="integration.runtime.dispatch.handler",
            timeout=SECONDS,
            environment={
                "EVENTS_QUEUE_URL": self.events_queue.queue_url,
                "DELIVERIES_QUEUE_URL": self.deliveries_queue.queue_url,
                "SUBSCRIPTIONS_TABLE": self.subscriptions.table_name,
                "DELIVERIES_TABLE": self.delivery_log.table_name,
                "DEFAULT_WEBHOOK_URL": webhook_url,
            },
        )
        dispatch.may(["dynamodb:Query"], self.subscriptions.table_arn)
        dispatch.may(["dynamodb:Query", "dynamodb:BatchWriteItem"], self.delivery_log.table_arn)
        dispatch.may(["sqs:SendMessage"], self.deliveries_queue.queue_arn)
        dispatch.work_off(self.events_queue, concurrency)
        return dispatch

    def _deliver(self, code: lambda_.Code, webhook_url: str, concurrency: int, loopback: bool) -> PythonFunction:
        deliver = PythonFunction(
            self,
            "Deliver",
            code=code,
            handler="integration.runtime.deliver.handler",
            timeout=SECONDS,
            environment={
                "DELIVERIES_QUEUE_URL": self.deliveries_queue.queue_url,
                "EVENTS_QUEUE_URL": self.events_queue.queue_url,
                "SUBSCRIPTIONS_TABLE": self.subscriptions.table_name,
                "DELIVERIES_TABLE": self.delivery_log.table_name,
                "SIGNING_KEY_ARN": secret_arn(self.signing_key),
                "DEFAULT_WEBHOOK_URL": webhook_url,
                "LOOPBACK": _truth(loopback),
            },
        )
        deliver.may(["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], self.subscriptions.table_arn)
        deliver.may(["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], self.delivery_log.table_arn)
        deliver.may(["sqs:SendMessage"], self.deliveries_queue.queue_arn, self.events_queue.queue_arn)
        deliver.may(["secretsmanager:GetSecretValue"], secret_arn(self.signing_key))
        deliver.work_off(self.deliveries_queue, 2 * concurrency)
        return deliver

    def _dashboard(self, api: APIStack, recognition: RekognitionStack) -> None:
        """In the last stack, which knows all others; of their functions only those that the chain is made of.

        Each name from elsewhere becomes an export that its stack cannot take back while this stack stands.
        """
        dashboard(
            self,
            api.http_api,
            [api.upload, recognition.recognize, recognition.edge, self.dispatch, self.deliver],
            {
                "uploads": (api.uploads_queue, api.uploads_dead),
                "events": (self.events_queue, self.events_dead),
                "deliveries": (self.deliveries_queue, self.deliveries_dead),
            },
            recognition.recognize,
            self.deliver,
        )

    def _outputs(self, webhook_url: str) -> None:
        said = {
            "EventsQueueUrl": self.events_queue.queue_url,
            "EventsDeadQueueUrl": self.events_dead.queue_url,
            "DeliveriesQueueUrl": self.deliveries_queue.queue_url,
            "DeliveriesDeadQueueUrl": self.deliveries_dead.queue_url,
            "SubscriptionsTable": self.subscriptions.table_name,
            "DeliveriesTable": self.delivery_log.table_name,
            "SigningKeyArn": secret_arn(self.signing_key),
        }
        for name, value in said.items():
            cdk.CfnOutput(self, name, value=value)
        if webhook_url:
            cdk.CfnOutput(self, "DefaultWebhookUrl", value=webhook_url)


def _signing_key(scope: Construct) -> secretsmanager.Secret:
    """Kept when the stack goes, like the table: with another key every subscriber's secret would be another."""
    return generated_key(scope, "SigningKey", "Sightline: the key from which webhook secrets derive")


def _truth(value: bool) -> str:
    return str(value).lower()
