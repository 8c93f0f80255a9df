"""Answers the routes by which an owner manages webhooks: what callers call a webhook is a Subscription."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

from domain.clock import now, rfc3339
from integration.subscriptions.runtime.disabled_event import OWNER
from integration.subscriptions.runtime.lookup import no_such_webhook, own_webhook, webhook_id
from integration.subscriptions.runtime.registration import RegistrationError, enabled, register, wishes
from integration.subscriptions.runtime.signature import secret, signing_key
from integration.subscriptions.runtime.subscription import HEALTH, ROTATION_SECONDS, Subscription
from integration.subscriptions.runtime.table import Subscriptions
from wire.aws.client import client
from wire.aws.rows import Item
from wire.http.api import ApiError, Request, Response, json_body, json_response, only_query, owner, respond
from wire.http.paging import Cursors, limit
from wire.outbound.policy import Policy
from wire.outbound.target import TargetError

T = TypeVar("T")

PUBLIC_URL = os.environ["PUBLIC_URL"]
SIGNING_KEY_ARN = os.environ["SIGNING_KEY_ARN"]

policy = Policy.from_environment(os.environ)
cursors = Cursors(os.environ["CURSOR_KEY_ARN"])
subscriptions = Subscriptions(client("dynamodb"), os.environ["SUBSCRIPTIONS_TABLE"])


def handler(event: Request, context: Any) -> Response:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def add_webhook(request: Request) -> Response:
    """POST /webhooks: the one answer that holds the secret."""
    only_query(request)
    subscription = _registered(request)
    shown_once = secret(key(), subscription.subscription_id, subscription.generation)
    subscriptions.add(subscription)
    shown = _shown(subscription)
    return json_response(201, shown | {"secret": shown_once}, location=shown["links"]["self"])


def list_webhooks(request: Request) -> Response:
    """GET /webhooks: the owner's, newest first."""
    only_query(request, "limit", "cursor")
    found, last = subscriptions.page(owner(request), limit(request), cursors.read(request))
    return cursors.page(request, [_shown(each) for each in found], last)


def get_webhook(request: Request) -> Response:
    """GET /webhooks/{webhook_id}: as it was registered, and how it is doing; without its secret."""
    only_query(request)
    return json_response(200, _shown(own_webhook(request, subscriptions)))


def change_webhook(request: Request) -> Response:
    """PATCH /webhooks/{webhook_id}: what is named is changed; enabled again, it begins without failures."""
    only_query(request)
    given = json_body(request)
    changed, forgotten = _read(lambda: _changes(given, own_webhook(request, subscriptions)))
    if not changed and not forgotten:
        raise ApiError(400, "invalid_webhook", "The body names nothing to change.")
    return json_response(200, _shown(_changed(request, changed, forgotten)))


def rotate_secret(request: Request) -> Response:
    """POST /webhooks/{webhook_id}/rotate: a new secret, shown this once; the one before signs for a day more."""
    only_query(request)
    at = now()
    rotated = own_webhook(request, subscriptions).rotated(int(at.timestamp()))
    subscription = _changed(request, rotated.secrets(), ())
    until = rfc3339(at + timedelta(seconds=ROTATION_SECONDS))
    shown_once = secret(key(), subscription.subscription_id, subscription.generation)
    return json_response(200, _shown(subscription) | {"secret": shown_once, "previous_secret_until": until})


def remove_webhook(request: Request) -> Response:
    """DELETE /webhooks/{webhook_id}: what is still owed to it is dropped."""
    only_query(request)
    if not subscriptions.remove(owner(request), webhook_id(request)):
        raise no_such_webhook()
    return {"statusCode": 204, "headers": {}}


@cache
def key() -> bytes:
    """What the secrets derive from, read once."""
    return signing_key(client("secretsmanager"), SIGNING_KEY_ARN)


def _registered(request: Request) -> Subscription:
    given = json_body(request)
    return _read(lambda: register(given, owner(request), now(), policy))


def _read(reader: Callable[[], T]) -> T:
    try:
        return reader()
    except RegistrationError as error:
        raise ApiError(400, "invalid_webhook", str(error)) from error
    except TargetError as error:
        raise ApiError(400 if error.code == "invalid_url" else 422, error.code, error.detail) from error


def _changes(given: dict[str, Any], known: Subscription) -> tuple[Item, tuple[str, ...]]:
    """The attributes to set and to remove; another receiver has no failures yet."""
    asked = wishes({name: value for name, value in given.items() if name != "enabled"}, policy)
    kept = replace(known, **asked).wishes()
    changed: Item = {name: kept[name] for name in asked}
    forgotten = HEALTH if "url" in asked else ()
    if "enabled" not in given:
        return changed, forgotten
    if enabled(given["enabled"]):
        return changed, (*HEALTH, "disabled", "disabled_at")
    return changed | {"disabled": {"S": OWNER}, "disabled_at": {"S": rfc3339(now())}}, forgotten


def _changed(request: Request, changed: Item, forgotten: tuple[str, ...]) -> Subscription:
    subscription = subscriptions.change(owner(request), webhook_id(request), changed, forgotten)
    if not subscription:
        raise no_such_webhook()
    return subscription


def _shown(subscription: Subscription) -> dict[str, Any]:
    return subscription.to_dict() | {"links": {"self": f"{PUBLIC_URL}/webhooks/{subscription.subscription_id}"}}


ROUTES = {
    "POST /webhooks": add_webhook,
    "GET /webhooks": list_webhooks,
    "GET /webhooks/{webhook_id}": get_webhook,
    "PATCH /webhooks/{webhook_id}": change_webhook,
    "DELETE /webhooks/{webhook_id}": remove_webhook,
    "POST /webhooks/{webhook_id}/rotate": rotate_secret,
}
