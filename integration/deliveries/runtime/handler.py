"""Answers the routes by which an owner reads what was sent to a webhook, and has it sent again."""

import json
import os
from functools import cache
from typing import Any

from domain.clock import now, rfc3339
from domain.event import TEST, Event
from domain.ids import fresh_id
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log import DeliveryLog
from integration.deliveries.runtime.log_row import STATUSES, Logged
from integration.deliveries.runtime.lookup import own_delivery
from integration.deliveries.runtime.queue import Deliveries
from integration.deliveries.runtime.replay import resend, worth_resending
from integration.subscriptions.runtime.lookup import own_webhook
from integration.subscriptions.runtime.subscription import Subscription
from integration.subscriptions.runtime.table import Subscriptions
from wire.aws.client import client
from wire.http.api import ApiError, Request, Response, json_response, only_query, query, respond
from wire.http.paging import Cursors, limit
from wire.http.query_time import query_time

PUBLIC_URL = os.environ["PUBLIC_URL"]
MOST_SENT_AGAIN = 1000

dynamodb = client("dynamodb")
cursors = Cursors(os.environ["CURSOR_KEY_ARN"])
subscriptions = Subscriptions(dynamodb, os.environ["SUBSCRIPTIONS_TABLE"])
log = DeliveryLog(dynamodb, os.environ["DELIVERIES_TABLE"])


@cache
def deliveries() -> Deliveries:
    """Made when first needed: to read the log takes no queue."""
    return Deliveries(client("sqs"), os.environ["DELIVERIES_QUEUE_URL"])


def handler(event: Request, context: Any) -> Response:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def list_deliveries(request: Request) -> Response:
    """GET /webhooks/{webhook_id}/deliveries: what was sent, newest first."""
    only_query(request, "status", "limit", "cursor")
    return _listed(request, _status(request))


def list_dead_letters(request: Request) -> Response:
    """GET /webhooks/{webhook_id}/dead-letters: what was given up."""
    only_query(request, "limit", "cursor")
    return _listed(request, "dead")


def get_delivery(request: Request) -> Response:
    """GET /deliveries/{delivery_id}: one with every attempt, and what is sent."""
    only_query(request)
    found = own_delivery(request, log)
    links = {"self": _link(found), "webhook": f"{PUBLIC_URL}/webhooks/{found.subscription_id}"}
    return json_response(
        200, found.to_dict() | {"attempts": found.attempts, "event": json.loads(found.body), "links": links}
    )


def replay_delivery(request: Request) -> Response:
    """POST /deliveries/{delivery_id}/replay: send one again, with the same id."""
    only_query(request)
    found = own_delivery(request, log)
    subscription = subscriptions.get(found.owner, found.subscription_id)
    if not subscription:
        raise ApiError(409, "unsubscribed", "The webhook that this was sent to has been deleted.")
    _send([found], _told(subscription))
    return _accepted(found)


def replay_since(request: Request) -> Response:
    """POST /webhooks/{webhook_id}/replay: send all again that happened since, oldest first."""
    only_query(request, "since", "status", "limit", "cursor")
    since = query_time(request, "since")
    if since is None:
        raise ApiError(400, "invalid_time", "since must say from when on: a time like 2026-11-21T14:30:00Z.")
    return _sent_again(request, _status(request), rfc3339(since))


def redrive(request: Request) -> Response:
    """POST /webhooks/{webhook_id}/redrive: send all again that was given up, oldest first."""
    only_query(request, "limit", "cursor")
    return _sent_again(request, "dead", "0")


def test_webhook(request: Request) -> Response:
    """POST /webhooks/{webhook_id}/test: tell it a test event, whatever else it is told."""
    only_query(request)
    subscription, at = _told(own_webhook(request, subscriptions)), now()
    data = {"webhook_id": subscription.subscription_id}
    event = Event(fresh_id("evt", at), TEST, rfc3339(at), subscription.owner, data)
    made = Logged.of(Delivery.of(event, subscription, int(at.timestamp())), "pending")
    _send([made], subscription)
    return _accepted(made)


def _listed(request: Request, status: str | None) -> Response:
    webhook = own_webhook(request, subscriptions)
    found, last = log.page(webhook.owner, webhook.subscription_id, status, limit(request), cursors.read(request))
    return cursors.page(request, [_shown(each) for each in found], last)


def _sent_again(request: Request, status: str | None, since: str) -> Response:
    webhook = _told(own_webhook(request, subscriptions))
    most, after = limit(request, MOST_SENT_AGAIN, MOST_SENT_AGAIN), cursors.read(request)
    found, last = log.since(webhook.owner, webhook.subscription_id, status, since, most, after)
    again = worth_resending(found)
    _send(log.whole(again), webhook)
    return json_response(202, {"deliveries": len(again), "next_cursor": cursors.after(request, last)})


def _send(found: list[Logged], subscription: Subscription) -> None:
    if not resend(found, subscription, log, deliveries(), now().timestamp()):
        raise ApiError(503, "not_queued", "Not all could be queued; try again.", retryable=True)


def _status(request: Request) -> str | None:
    given = query(request, "status")
    if given is not None and given not in STATUSES:
        raise ApiError(400, "invalid_status", f"status must be one of {', '.join(STATUSES)}.")
    return given


def _told(subscription: Subscription) -> Subscription:
    """The subscription, if it is told anything; raises ApiError 409."""
    if subscription.disabled:
        raise ApiError(409, "webhook_disabled", 'The webhook is disabled; PATCH it with {"enabled": true} first.')
    return subscription


def _accepted(sent: Logged) -> Response:
    said = {"delivery_id": sent.delivery_id, "status": "pending", "links": {"self": _link(sent)}}
    return json_response(202, said, location=_link(sent))


def _shown(found: Logged) -> dict[str, Any]:
    return found.to_dict() | {"links": {"self": _link(found)}}


def _link(found: Logged) -> str:
    return f"{PUBLIC_URL}/deliveries/{found.delivery_id}"


ROUTES = {
    "GET /webhooks/{webhook_id}/deliveries": list_deliveries,
    "GET /webhooks/{webhook_id}/dead-letters": list_dead_letters,
    "POST /webhooks/{webhook_id}/test": test_webhook,
    "POST /webhooks/{webhook_id}/replay": replay_since,
    "POST /webhooks/{webhook_id}/redrive": redrive,
    "GET /deliveries/{delivery_id}": get_delivery,
    "POST /deliveries/{delivery_id}/replay": replay_delivery,
}
