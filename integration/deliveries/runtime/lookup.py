"""Look up the delivery that a request's path names."""

from domain.ids import is_id
from integration.deliveries.runtime.delivery import ID_PREFIX
from integration.deliveries.runtime.log.delivery_log import DeliveryLog
from integration.deliveries.runtime.log.row import DeliveryRecord
from wire.http.api import ApiError, Request, owner, path


def own_delivery(request: Request, log: DeliveryLog) -> DeliveryRecord:
    """Return the caller's own delivery with all its attempts; raises ApiError 404."""
    given = path(request, "delivery_id")
    found = log.get(owner(request), given) if is_id(ID_PREFIX, given) else None
    if not found:
        raise ApiError(404, "no_such_delivery", "There is no such delivery; they stay in the log for thirty days.")
    return found
