"""The webhook that a request's path names, if it is the caller's own."""

from domain.ids import is_id
from integration.subscriptions.runtime.subscription import ID_PREFIX, Subscription
from integration.subscriptions.runtime.table import Subscriptions
from wire.http.api import ApiError, Request, owner, path


def own_webhook(request: Request, subscriptions: Subscriptions) -> Subscription:
    """As it stands now; raises ApiError 404."""
    found = subscriptions.get(owner(request), webhook_id(request))
    if not found:
        raise no_such_webhook()
    return found


def webhook_id(request: Request) -> str:
    """What may be the id of one; raises ApiError 404."""
    given = path(request, "webhook_id")
    if not is_id(ID_PREFIX, given):
        raise no_such_webhook()
    return given


def no_such_webhook() -> ApiError:
    """What is said of others' webhooks, and of none at all."""
    return ApiError(404, "no_such_webhook", "There is no such webhook; GET /webhooks lists yours.")
