"""Schemas of deliveries and their attempts."""

from domain.event import TEST, TYPES
from integration.deliveries.runtime.delivery import ID_PREFIX
from integration.deliveries.runtime.log.row import STATUSES
from integration.subscriptions.schemas import WEBHOOK_ID
from openapi.parameters import IMAGE_ID
from openapi.route import Schema, ref
from openapi.schema import COUNT, TEXT, TIME, id_schema, nullable, obj, one_of

DELIVERY_ID = id_schema(ID_PREFIX)

_ATTEMPT: dict[str, Schema] = {
    "attempt": {"type": "integer", "minimum": 1},
    "at": TIME,
    "ms": COUNT,
    "status": nullable({"type": "integer"}),
    "error": nullable(TEXT),
}
_DELIVERY: dict[str, Schema] = {
    "delivery_id": DELIVERY_ID,
    "webhook_id": WEBHOOK_ID,
    "image_id": nullable(IMAGE_ID),
    "type": one_of(*TYPES, TEST),
    "timestamp": TIME,
    "status": one_of(*STATUSES),
    "reason": nullable(TEXT),
    "tries": COUNT,
    "last_attempt": nullable(ref("LastAttempt")),
    "next_attempt_at": nullable(TIME),
}

SCHEMAS: dict[str, Schema] = {
    "LastAttempt": obj(_ATTEMPT),
    "Attempt": obj(_ATTEMPT | {"response": nullable(TEXT), "next_attempt_at": nullable(TIME)}),
    "Delivery": obj(_DELIVERY | {"links": ref("Links")}),
}
