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
        receivers, delivery, event_queue = subscriptions(unit), deliveries(unit), events(unit)
        event_queue.subscribe(recognition.results.topic)
        webhook_routes(unit, receivers)
        delivery_routes(unit, delivery, receivers)
        timeline(unit, recognition.results, delivery)
        dispatcher = dispatch(unit, event_queue, delivery, receivers)
        deliverer = deliver(unit, event_queue, delivery, receivers)
        api.alarms.watch(self, {delivery.queue.dead_letters: DEAD_DELIVERIES})
        api.alarms.deliveries(deliverer)
        chain = Chain(api.upload, recognition.recognize, recognition.detectors.edge, dispatcher, deliverer)
        queues = {"uploads": api.ingest.uploads, "events": event_queue, "deliveries": delivery.queue}
        dashboard(self, api.routes.http_api, chain, queues)
        outputs = {
            "EventsQueueUrl": event_queue.messages.queue_url,
            "EventsDeadQueueUrl": event_queue.dead_letters.queue_url,
            "DeliveriesQueueUrl": delivery.queue.messages.queue_url,
            "DeliveriesDeadQueueUrl": delivery.queue.dead_letters.queue_url,
            "SubscriptionsTable": receivers.table.table_name,
            "DeliveriesTable": delivery.log.table_name,
            "SigningKeyArn": receivers.signing_key_arn,
        }
        output(self, outputs | ({"DefaultWebhookUrl": settings.webhook_url} if settings.webhook_url else {}))
