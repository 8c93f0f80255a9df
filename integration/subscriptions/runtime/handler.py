"""Handle the routes by which an owner manages webhooks. A webhook in the API is a Subscription in the code."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple, TypedDict

from domain.clock import now, rfc3339
from integration.subscriptions.runtime.disabled_event import OWNER
from integration.subscriptions.runtime.lookup import no_such_webhook, own_webhook, webhook_id
from integration.subscriptions.runtime.registration import RegistrationError, enabled, preferences, register
from integration.subscriptions.runtime.signature import secret, signing_key
from integration.subscriptions.runtime.subscription import (
    CIRCUIT_BREAKER_ATTRIBUTES,
    ROTATION_SECONDS,
    Subscription,
    Webhook,
)
from integration.subscriptions.runtime.table import SubscriptionTable
from wire.aws.client import client
from wire.aws.rows import Item
from wire.http.api import ApiError, Request, Response, json_body, json_response, only_query, owner, respond
from wire.http.paging import Cursors, limit
from wire.outbound.policy import Policy
from wire.outbound.target import TargetError

PUBLIC_URL = os.environ["PUBLIC_URL"]
SIGNING_KEY_ARN = os.environ["SIGNING_KEY_ARN"]
WEBHOOKS_PER_OWNER = int(os.environ["WEBHOOKS_PER_OWNER"])

policy = Policy.from_environment(os.environ)
cursors = Cursors(os.environ["SUBSCRIPTIONS_TABLE"])
subscriptions = SubscriptionTable(client("dynamodb"), os.environ["SUBSCRIPTIONS_TABLE"])


class Links(TypedDict):
    """The links of a webhook."""

    self: str


class LinkedWebhook(Webhook):
    """A webhook with its links, as every response shows it."""

    links: Links


class Change(NamedTuple):
    """The attributes of a subscription to set, and the names of those to remove."""

    attributes: Item
    removed: tuple[str, ...]


def handler(event: Request, context: Any) -> Response:
    """Handle a request of the HTTP API."""
    return respond(ROUTES, event)


def add_webhook(request: Request) -> Response:
    """POST /webhooks: the only response that holds the secret."""
    only_query(request)
    given = json_body(request)
    with _problems():
        subscription = register(given, owner(request), now(), policy)
    shown_once = secret(key(), subscription.subscription_id, subscription.generation)
    if not subscriptions.register(subscription, WEBHOOKS_PER_OWNER):
        raise ApiError(409, "too_many_webhooks", f"You have {WEBHOOKS_PER_OWNER} webhooks, the most: delete one first.")
    body = _to_json(subscription)
    return json_response(201, body | {"secret": shown_once}, location=body["links"]["self"])


def list_webhooks(request: Request) -> Response:
    """GET /webhooks: the owner's webhooks, newest first."""
    only_query(request, "limit", "cursor")
    page = subscriptions.page(owner(request), limit(request), cursors.read(request))
    return cursors.page(request, [_to_json(subscription) for subscription in page.subscriptions], page.last)


def get_webhook(request: Request) -> Response:
    """GET /webhooks/{webhook_id}: its fields and its state, without its secret."""
    only_query(request)
    return json_response(200, _to_json(own_webhook(request, subscriptions)))


def change_webhook(request: Request) -> Response:
    """PATCH /webhooks/{webhook_id}: change the fields in the body; enabling a webhook forgets its failures."""
    only_query(request)
    given = json_body(request)
    with _problems():
        change = _read_change(given, own_webhook(request, subscriptions))
    if not change.attributes and not change.removed:
        raise ApiError(400, "invalid_webhook", "The body names nothing to change.")
    return json_response(200, _to_json(_apply(request, change)))


def rotate_secret(request: Request) -> Response:
    """POST /webhooks/{webhook_id}/rotate: make a new secret, shown once; the previous one signs for a day more."""
    only_query(request)
    at = now()
    rotated = own_webhook(request, subscriptions).rotated(int(at.timestamp()))
    subscription = _apply(request, Change(rotated.secret_attributes(), ()))
    until = rfc3339(at + timedelta(seconds=ROTATION_SECONDS))
    shown_once = secret(key(), subscription.subscription_id, subscription.generation)
    return json_response(200, _to_json(subscription) | {"secret": shown_once, "previous_secret_until": until})


def remove_webhook(request: Request) -> Response:
    """DELETE /webhooks/{webhook_id}: delete it; deliveries still due to it are dropped."""
    only_query(request)
    if not subscriptions.remove(owner(request), webhook_id(request)):
        raise no_such_webhook()
    return {"statusCode": 204, "headers": {}}


@cache
def key() -> bytes:
    """Return the key from which the secrets are derived, read once."""
    return signing_key(client("secretsmanager"), SIGNING_KEY_ARN)


@contextmanager
def _problems() -> Iterator[None]:
    """Turn the refusal of a field or of a URL into an ApiError."""
    try:
        yield
    except RegistrationError as error:
        raise ApiError(400, "invalid_webhook", str(error)) from error
    except TargetError as error:
        raise ApiError(400 if error.code == "invalid_url" else 422, error.code, error.detail) from error


def _read_change(given: Mapping[str, Any], known: Subscription) -> Change:
    """Return the change that the body asks for; a new URL is a new receiver, which has no failures yet."""
    fields = preferences({name: value for name, value in given.items() if name != "enabled"}, policy)
    stored = replace(known, **fields).preference_attributes()
    attributes: Item = {name: stored[name] for name in fields}
    removed = CIRCUIT_BREAKER_ATTRIBUTES if "url" in fields else ()
    if "enabled" not in given:
        return Change(attributes, removed)
    if enabled(given["enabled"]):
        return Change(attributes, (*CIRCUIT_BREAKER_ATTRIBUTES, "disabled", "disabled_at"))
    return Change(attributes | {"disabled": {"S": OWNER}, "disabled_at": {"S": rfc3339(now())}}, removed)


def _apply(request: Request, change: Change) -> Subscription:
    subscription = subscriptions.change(owner(request), webhook_id(request), *change)
    if not subscription:
        raise no_such_webhook()
    return subscription


def _to_json(subscription: Subscription) -> LinkedWebhook:
    link = f"{PUBLIC_URL}/webhooks/{subscription.subscription_id}"
    return {**subscription.to_dict(now().timestamp()), "links": {"self": link}}


ROUTES = {
    "POST /webhooks": add_webhook,
    "GET /webhooks": list_webhooks,
    "GET /webhooks/{webhook_id}": get_webhook,
    "PATCH /webhooks/{webhook_id}": change_webhook,
    "DELETE /webhooks/{webhook_id}": remove_webhook,
    "POST /webhooks/{webhook_id}/rotate": rotate_secret,
}
