"""OpenAPI details of the route that shows an image's timeline."""

from domain.event import TEST, TYPES
from integration.deliveries.runtime.log.row import STATUSES
from integration.deliveries.schemas import DELIVERY_ID
from integration.subscriptions.schemas import WEBHOOK_ID
from openapi.parameters import IMAGE_ID
from openapi.route import Response, Room, Route, Schema, ref
from openapi.schema import COUNT, FRACTION, TEXT, TIME, array, nullable, obj, one_of

_HOPS = ("received", "queued", "recognized", "rejected", "corrected", "attempt", *STATUSES)
_OPTIONAL: dict[str, Schema] = {
    "tries": COUNT,
    "request": TEXT,
    "reused_from": IMAGE_ID,
    "detector": TEXT,
    "asked": TEXT,
    "model": obj({"name": TEXT, "version": TEXT}),
    "label": nullable(TEXT),
    "confidence": nullable(FRACTION),
    "code": TEXT,
    "detail": TEXT,
    "labels": array(TEXT),
    "delivery_id": DELIVERY_ID,
    "webhook_id": WEBHOOK_ID,
    "type": one_of(*TYPES, TEST),
    "reason": nullable(TEXT),
    "attempt": COUNT,
    "ms": COUNT,
    "status": nullable({"type": "integer"}),
    "error": nullable(TEXT),
    "response": nullable(TEXT),
    "next_attempt_at": nullable(TIME),
}

ROOM = Room(
    package=__package__,
    tags={"images": ""},
    routes={
        "GET /images/{image_id}/timeline": Route({200: Response("Every hop, the oldest first.", ref("Timeline"))}),
    },
    schemas={
        "Timeline": obj({"image_id": IMAGE_ID, "items": array(ref("Hop")), "links": ref("Links")}),
        "Hop": obj({"at": TIME, "what": one_of(*_HOPS)} | _OPTIONAL, optional=[*_OPTIONAL]),
    },
    parameters={"image_id": IMAGE_ID},
)
