"""IntegrationStack: who wants to be told of what, and the queues by which they are."""

from functools import partial
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns_subscriptions as sns_subscriptions
from constructs import Construct

from api.infrastructure import APIStack
from integration.delivery_table import delivery_table
from integration.webhook_routes import webhook_routes
from integration.workers import DELIVER_SECONDS, DISPATCH_SECONDS, deliver, dispatch
from operations.dashboard import dashboard
from python_function import unit_bundle
from recognition.infrastructure import RekognitionStack
from storage import generated_key, owner_table, queue_with_dead_letters, secret_arn
from wire.schedule import DELIVERIES, EVENTS

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
        queue = partial(queue_with_dead_letters, self, enforce_ssl=api.enforce_ssl)
        self.events_queue, self.events_dead = queue("Events", function_seconds=DISPATCH_SECONDS, tries=EVENTS.tries)
        self.deliveries_queue, self.deliveries_dead = queue(
            "Deliveries", function_seconds=DELIVER_SECONDS, tries=DELIVERIES.tries
        )
        recognition.results.add_subscription(
            sns_subscriptions.SqsSubscription(
                self.events_queue, raw_message_delivery=True, dead_letter_queue=self.events_dead
            )
        )
        code = unit_bundle(self, "integration", vendor=vendor)
        webhook_routes(self, code, api, recognition, loopback)
        self.dispatch = dispatch(self, code, webhook_url, concurrency)
        self.deliver = deliver(self, code, webhook_url, concurrency, loopback)
        api.alarms.watch(self, {self.deliveries_dead: DEAD_DELIVERIES})
        api.alarms.deliveries(self.deliver)
        self._dashboard(api, recognition)
        self._outputs(webhook_url)

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
