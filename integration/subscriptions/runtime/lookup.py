"""Look up the webhook that a request's path names."""

from domain.ids import is_id
from integration.subscriptions.runtime.subscription import ID_PREFIX, Subscription
from integration.subscriptions.runtime.table import SubscriptionTable
from wire.http.api import ApiError, Request, owner, path


def own_webhook(request: Request, subscriptions: SubscriptionTable) -> Subscription:
    """Return the caller's own webhook as it is stored now; raises ApiError 404 if there is none."""
    found = subscriptions.get(owner(request), webhook_id(request))
    if not found:
        raise no_such_webhook()
    return found


def webhook_id(request: Request) -> str:
    """Return the id in the path; raises ApiError 404 if it does not have the form of a webhook id."""
    given = path(request, "webhook_id")
    if not is_id(ID_PREFIX, given):
        raise no_such_webhook()
    return given


def no_such_webhook() -> ApiError:
    """Return the error for another owner's webhook, which is the same as for a missing one."""
    return ApiError(404, "no_such_webhook", "There is no such webhook; GET /webhooks lists yours.")
