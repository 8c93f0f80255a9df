"""Schemas of deliveries and their attempts."""

from domain.event import TEST, TYPES
from integration.deliveries.runtime.delivery import ID_PREFIX
from integration.deliveries.runtime.log_row import STATUSES
from integration.subscriptions.schemas import WEBHOOK_ID
from openapi.parameters import IMAGE_ID
from openapi.route import Schema, ref
from openapi.schema import COUNT, TEXT, TIME, identity, maybe, obj, one_of

DELIVERY_ID = identity(ID_PREFIX)

_ATTEMPT: dict[str, Schema] = {
    "attempt": {"type": "integer", "minimum": 1},
    "at": TIME,
    "ms": COUNT,
    "status": maybe({"type": "integer"}),
    "error": maybe(TEXT),
}
_DELIVERY: dict[str, Schema] = {
    "delivery_id": DELIVERY_ID,
    "webhook_id": WEBHOOK_ID,
    "image_id": maybe(IMAGE_ID),
    "type": one_of(*TYPES, TEST),
    "timestamp": TIME,
    "status": one_of(*STATUSES),
    "reason": maybe(TEXT),
    "tries": COUNT,
    "last_attempt": maybe(ref("LastAttempt")),
    "next_attempt_at": maybe(TIME),
}

SCHEMAS: dict[str, Schema] = {
    "LastAttempt": obj(_ATTEMPT),
    "Attempt": obj(_ATTEMPT | {"response": maybe(TEXT), "next_attempt_at": maybe(TIME)}),
    "Delivery": obj(_DELIVERY | {"links": ref("Links")}),
}
