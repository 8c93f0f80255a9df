"""What a request's path names, if it is the caller's own: a webhook, or a delivery to one."""

from domain.ids import is_id
from integration.runtime import delivery
from integration.runtime.delivery_log import DeliveryLog
from integration.runtime.logged import Logged
from integration.runtime.subscription import ID_PREFIX, Subscription
from integration.runtime.subscriptions import Subscriptions
from wire.http_api import ApiError, Request, owner, path


def own_webhook(request: Request, subscriptions: Subscriptions) -> Subscription:
    """As it stands now; raises ApiError 404."""
    found = subscriptions.get(owner(request), webhook_id(request))
    if not found:
        raise no_such_webhook()
    return found


def own_delivery(request: Request, log: DeliveryLog) -> Logged:
    """With all its attempts; raises ApiError 404."""
    given = path(request, "delivery_id")
    found = log.one(owner(request), given) if is_id(delivery.ID_PREFIX, given) else None
    if not found:
        raise ApiError(404, "no_such_delivery", "There is no such delivery; they stay in the log for thirty days.")
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
