"""Handle the routes by which an owner reads the deliveries to a webhook, tests it, replays and redrives."""

import json
import os
from collections.abc import Sequence
from functools import cache
from typing import Any, TypedDict

from domain.clock import now, rfc3339
from domain.event import TEST, Event
from domain.ids import fresh_id
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.deliveries.runtime.log.lists import DeliveryFilter, DeliveryLists
from integration.deliveries.runtime.log.row import STATUSES, DeliveryFields, DeliveryRecord
from integration.deliveries.runtime.lookup import own_delivery
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.deliveries.runtime.replay import replay, worth_replaying
from integration.subscriptions.runtime.lookup import own_webhook
from integration.subscriptions.runtime.subscription import Subscription
from integration.subscriptions.runtime.table import SubscriptionTable
from wire.aws.client import client
from wire.http.api import ApiError, Request, Response, json_response, only_query, query, respond
from wire.http.paging import Cursors, limit
from wire.http.query_time import query_time

PUBLIC_URL = os.environ["PUBLIC_URL"]
MOST_REPLAYED = 1000

dynamodb = client("dynamodb")
cursors = Cursors(os.environ["DELIVERIES_TABLE"])
subscriptions = SubscriptionTable(dynamodb, os.environ["SUBSCRIPTIONS_TABLE"])
log = DeliveryLog(dynamodb, os.environ["DELIVERIES_TABLE"])
lists = DeliveryLists(dynamodb, os.environ["DELIVERIES_TABLE"])


class Links(TypedDict):
    """The links of a delivery."""

    self: str


class LinkedDelivery(DeliveryFields):
    """A delivery with its links, as lists show it."""

    links: Links


@cache
def queue() -> DeliveryQueue:
    """Return the queue, made on first use: reading the log needs no queue."""
    return DeliveryQueue(client("sqs"), os.environ["DELIVERIES_QUEUE_URL"])


def handler(event: Request, context: Any) -> Response:
    """Handle a request of the HTTP API."""
    return respond(ROUTES, event)


def list_deliveries(request: Request) -> Response:
    """GET /webhooks/{webhook_id}/deliveries: list them, the newest first."""
    only_query(request, "status", "limit", "cursor")
    return _list(request, _status(request))


def list_dead_letters(request: Request) -> Response:
    """GET /webhooks/{webhook_id}/dead-letters: list the deliveries that were given up, the newest first."""
    only_query(request, "limit", "cursor")
    return _list(request, "dead")


def get_delivery(request: Request) -> Response:
    """GET /deliveries/{delivery_id}: one delivery with every attempt, and the event that it posts."""
    only_query(request)
    record = own_delivery(request, log)
    if record.status == "pending":
        record = _waiting(record, subscriptions.get(record.owner, record.subscription_id))
    links = {"self": _link(record), "webhook": f"{PUBLIC_URL}/webhooks/{record.subscription_id}"}
    event = json.loads(record.body)
    return json_response(200, {**record.to_dict(), "attempts": record.attempts, "event": event, "links": links})


def replay_delivery(request: Request) -> Response:
    """POST /deliveries/{delivery_id}/replay: post a delivery again, with the same id."""
    only_query(request)
    record = own_delivery(request, log)
    subscription = subscriptions.get(record.owner, record.subscription_id)
    if not subscription:
        raise ApiError(409, "unsubscribed", "The webhook of this delivery has been deleted.")
    _replay([record], _enabled(subscription))
    return _queued(record)


def replay_since(request: Request) -> Response:
    """POST /webhooks/{webhook_id}/replay: post all deliveries again whose events happened since, the oldest first."""
    only_query(request, "since", "status", "limit", "cursor")
    since = query_time(request, "since")
    if since is None:
        raise ApiError(400, "invalid_time", "since is missing: give a time like 2026-11-21T14:30:00Z.")
    return _replay_page(request, _status(request), rfc3339(since))


def redrive(request: Request) -> Response:
    """POST /webhooks/{webhook_id}/redrive: post all dead letters again, the oldest first."""
    only_query(request, "limit", "cursor")
    return _replay_page(request, "dead", "0")


def test_webhook(request: Request) -> Response:
    """POST /webhooks/{webhook_id}/test: post a test event, whichever events the webhook wants."""
    only_query(request)
    subscription, at = _enabled(own_webhook(request, subscriptions)), now()
    data = {"webhook_id": subscription.subscription_id}
    event = Event(fresh_id("evt", at), TEST, rfc3339(at), subscription.owner, data)
    record = DeliveryRecord.of(Delivery.of(event, subscription, int(at.timestamp())), "pending")
    _replay([record], subscription)
    return _queued(record)


def _list(request: Request, status: str | None) -> Response:
    webhook = own_webhook(request, subscriptions)
    deliveries = DeliveryFilter(webhook.owner, webhook.subscription_id, status)
    page = lists.newest(deliveries, limit(request), cursors.read(request))
    return cursors.page(request, [_to_json(_waiting(record, webhook)) for record in page.records], page.last)


def _waiting(record: DeliveryRecord, webhook: Subscription | None) -> DeliveryRecord:
    """Return a delivery whose next attempt is due now at the earliest, or when the webhook's circuit lets it pass."""
    return record.not_before(max(now().timestamp(), webhook.circuit_breaker.resumes_at if webhook else 0))


def _replay_page(request: Request, status: str | None, since: str) -> Response:
    webhook = _enabled(own_webhook(request, subscriptions))
    most, after = limit(request, MOST_REPLAYED, MOST_REPLAYED), cursors.read(request)
    page = lists.oldest(DeliveryFilter(webhook.owner, webhook.subscription_id, status, since), most, after)
    records = worth_replaying(page.records)
    _replay(log.with_bodies(records), webhook)
    return json_response(202, {"deliveries": len(records), "next_cursor": cursors.after(request, page.last)})


def _replay(records: Sequence[DeliveryRecord], subscription: Subscription) -> None:
    if not replay(records, subscription, log, queue(), now().timestamp()):
        raise ApiError(503, "not_queued", "Not all could be queued; try again.", retryable=True)


def _status(request: Request) -> str | None:
    given = query(request, "status")
    if given is not None and given not in STATUSES:
        raise ApiError(400, "invalid_status", f"status must be one of {', '.join(STATUSES)}.")
    return given


def _enabled(subscription: Subscription) -> Subscription:
    """Return the subscription if it is enabled; raises ApiError 409."""
    if subscription.disabled:
        raise ApiError(409, "webhook_disabled", 'The webhook is disabled; PATCH it with {"enabled": true} first.')
    return subscription


def _queued(record: DeliveryRecord) -> Response:
    body = {"delivery_id": record.delivery_id, "status": "pending", "links": {"self": _link(record)}}
    return json_response(202, body, location=_link(record))


def _to_json(record: DeliveryRecord) -> LinkedDelivery:
    return {**record.to_dict(), "links": {"self": _link(record)}}


def _link(record: DeliveryRecord) -> str:
    return f"{PUBLIC_URL}/deliveries/{record.delivery_id}"


ROUTES = {
    "GET /webhooks/{webhook_id}/deliveries": list_deliveries,
    "GET /webhooks/{webhook_id}/dead-letters": list_dead_letters,
    "POST /webhooks/{webhook_id}/test": test_webhook,
    "POST /webhooks/{webhook_id}/replay": replay_since,
    "POST /webhooks/{webhook_id}/redrive": redrive,
    "GET /deliveries/{delivery_id}": get_delivery,
    "POST /deliveries/{delivery_id}/replay": replay_delivery,
}
