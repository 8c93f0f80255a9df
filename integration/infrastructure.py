"""IntegrationStack: subscriptions, and signed deliveries of events to them."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from api.infrastructure import ApiResources
from infrastructure.bundles import unit_bundle
from infrastructure.monitoring.dashboard import Chain, dashboard
from infrastructure.storage import output
from integration.deliver.infrastructure import deliver
from integration.deliveries.infrastructure import deliveries, delivery_routes
from integration.dispatch.infrastructure import dispatch, events
from integration.subscriptions.infrastructure import subscriptions, webhook_routes
from integration.timeline.infrastructure import timeline
from integration.unit import Unit
from recognition.infrastructure import RecognitionResources
from settings import Settings

DEAD_DELIVERIES = 100
"""More dead letters than this raise an alarm: those of one subscriber that is down for a day concern its owner only."""


class IntegrationStack(cdk.Stack):
    """The third stack: it posts the events of the others to subscribers, and has the dashboard of all stacks."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        api: ApiResources,
        recognition: RecognitionResources,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        unit = Unit(self, settings, unit_bundle(self, "integration", vendor=settings.vendor), api)
        webhooks, log, queue = subscriptions(unit), deliveries(unit), events(unit)
        queue.subscribe(recognition.results.topic)
        webhook_routes(unit, webhooks)
        delivery_routes(unit, log, webhooks)
        timeline(unit, recognition.results, log)
        dispatcher = dispatch(unit, queue, log, webhooks)
        deliverer = deliver(unit, queue, log, webhooks)
        api.alarms.watch(self, {log.queue.dead_letters: DEAD_DELIVERIES})
        api.alarms.deliveries(deliverer)
        chain = Chain(api.upload, recognition.recognize, recognition.detectors.edge, dispatcher, deliverer)
        dashboard(
            self, api.routes.http_api, chain, {"uploads": api.ingest.uploads, "events": queue, "deliveries": log.queue}
        )
        outputs = {
            "EventsQueueUrl": queue.messages.queue_url,
            "EventsDeadQueueUrl": queue.dead_letters.queue_url,
            "DeliveriesQueueUrl": log.queue.messages.queue_url,
            "DeliveriesDeadQueueUrl": log.queue.dead_letters.queue_url,
            "SubscriptionsTable": webhooks.table.table_name,
            "DeliveriesTable": log.log.table_name,
            "SigningKeyArn": webhooks.signing_key_arn,
        }
        output(self, outputs | ({"DefaultWebhookUrl": settings.webhook_url} if settings.webhook_url else {}))
