"""Answers the routes by which an owner manages webhooks: what callers call a webhook is a Subscription."""

import os
from functools import cache
from typing import Any

from domain.clock import now
from domain.ids import is_id
from integration.runtime.registration import RegistrationError, register
from integration.runtime.signature import secret, signing_key
from integration.runtime.subscription import ID_PREFIX, Subscription
from integration.runtime.subscriptions import Subscriptions
from wire.aws import client
from wire.http_api import ApiError, Reply, Request, json_body, only_query, owner, path, reply, respond
from wire.outbound import Policy, TargetError
from wire.paging import Cursors, limit

PUBLIC_URL = os.environ["PUBLIC_URL"]
SIGNING_KEY_ARN = os.environ["SIGNING_KEY_ARN"]

policy = Policy.from_environment(os.environ)
cursors = Cursors(os.environ["CURSOR_KEY_ARN"])
subscriptions = Subscriptions(client("dynamodb"), os.environ["SUBSCRIPTIONS_TABLE"])


def handler(event: Request, context: Any) -> Reply:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def add_webhook(request: Request) -> Reply:
    """POST /webhooks: the one answer that holds the secret."""
    only_query(request)
    subscription = _registered(request)
    shown_once = secret(key(), subscription.subscription_id, subscription.generation)
    subscriptions.add(subscription)
    shown = _shown(subscription)
    return reply(201, shown | {"secret": shown_once}, location=shown["links"]["self"])


def list_webhooks(request: Request) -> Reply:
    """GET /webhooks: the owner's, newest first."""
    only_query(request, "limit", "cursor")
    found, last = subscriptions.page(owner(request), limit(request), cursors.read(request))
    return cursors.page(request, [_shown(each) for each in found], last)


def get_webhook(request: Request) -> Reply:
    """GET /webhooks/{webhook_id}."""
    only_query(request)
    subscription = subscriptions.get(owner(request), _webhook_id(request))
    if not subscription:
        raise _no_such_webhook()
    return reply(200, _shown(subscription))


def remove_webhook(request: Request) -> Reply:
    """DELETE /webhooks/{webhook_id}: what is still owed to it is dropped."""
    only_query(request)
    if not subscriptions.remove(owner(request), _webhook_id(request)):
        raise _no_such_webhook()
    return {"statusCode": 204}


@cache
def key() -> bytes:
    """What the secrets derive from, read once."""
    return signing_key(client("secretsmanager"), SIGNING_KEY_ARN)


def _registered(request: Request) -> Subscription:
    try:
        return register(json_body(request), owner(request), now(), policy)
    except RegistrationError as error:
        raise ApiError(400, "invalid_webhook", str(error)) from error
    except TargetError as error:
        raise ApiError(400 if error.code == "invalid_url" else 422, error.code, error.detail) from error


def _webhook_id(request: Request) -> str:
    given = path(request, "webhook_id")
    if not is_id(ID_PREFIX, given):
        raise _no_such_webhook()
    return given


def _shown(subscription: Subscription) -> dict[str, Any]:
    return subscription.to_dict() | {"links": {"self": f"{PUBLIC_URL}/webhooks/{subscription.subscription_id}"}}


def _no_such_webhook() -> ApiError:
    return ApiError(404, "no_such_webhook", "There is no such webhook; GET /webhooks lists yours.")


ROUTES = {
    "POST /webhooks": add_webhook,
    "GET /webhooks": list_webhooks,
    "GET /webhooks/{webhook_id}": get_webhook,
    "DELETE /webhooks/{webhook_id}": remove_webhook,
}
