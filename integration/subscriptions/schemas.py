"""The forms of webhooks and of what is sent to them, as callers and subscribers meet them."""

from typing import Any

from domain.event import DISABLED, ERASED, TEST, TYPES
from integration.subscriptions.runtime.disabled_event import FAILING, GONE, OWNER
from integration.subscriptions.runtime.subscription import ID_PREFIX
from openapi.parameters import IMAGE_ID, LABELS
from openapi.route import Schema, ref
from openapi.schema import FRACTION, TEXT, TIME, array, identity, maybe, obj, one_of

WEBHOOK_ID = identity(ID_PREFIX)

PREFERENCES: dict[str, Schema] = {
    "url": {"type": "string", "format": "uri", "maxLength": 2048, "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"},
    "events": array(one_of(*TYPES), minItems=1),
    "labels": LABELS,
    "min_confidence": FRACTION,
    "description": {"type": "string", "maxLength": 256, "pattern": r"^[^\u0000-\u001f\u007f-\u00a0]*$"},
    "rate_limit": {"type": "integer", "minimum": 1, "maximum": 6000, "description": "The most attempts a minute."},
}
_WHY = one_of(FAILING, GONE, OWNER)
SCHEMAS: dict[str, Schema] = {
    "Webhook": obj(
        {"webhook_id": WEBHOOK_ID}
        | PREFERENCES
        | {
            "rate_limit": maybe(PREFERENCES["rate_limit"]),
            "created_at": TIME,
            "enabled": {"type": "boolean"},
            "disabled": maybe(ref("Disabled")),
            "failing_since": maybe(TIME),
            "links": ref("Links"),
        }
    ),
    "Disabled": obj({"reason": _WHY, "at": TIME}),
    "Secret": {"type": "string", "pattern": "^whsec_[A-Za-z0-9+/=]+$", "description": "Shown only once."},
}

_IMAGE: dict[str, Schema] = {"image_id": IMAGE_ID, "name": TEXT, "received_at": TIME}
_DATA: dict[str, Schema] = {
    "image.recognized": obj(_IMAGE | {"recognition": ref("Recognition")}),
    "image.rejected": obj(_IMAGE | {"rejection": ref("Rejection")}),
    ERASED: obj({"image_id": IMAGE_ID}),
    DISABLED: obj({"webhook_id": WEBHOOK_ID, "reason": _WHY, "failing_since": maybe(TIME), "disabled_at": TIME}),
    TEST: obj({"webhook_id": WEBHOOK_ID}),
}
_WHEN = {
    "image.recognized": "An image has an answer; its best twenty detections, without outlines and masks.",
    "image.rejected": "An image cannot be recognised, now or ever.",
    ERASED: "An image has been erased; nothing else of it is told.",
    DISABLED: "A webhook is told nothing more; the others hear of it.",
    TEST: "Somebody asked for a test.",
}
_HEADERS = {
    "webhook-id": "The same at every attempt: ignore one you have seen.",
    "webhook-timestamp": "When it was signed, in seconds since 1970.",
    "webhook-signature": "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; one for each secret.",
}


def events() -> dict[str, Any]:
    """What subscribers are sent, by event type, as OpenAPI 3.1 describes webhooks."""
    return {kind: {"post": _post(kind)} for kind in (*TYPES, TEST)}


def _post(kind: str) -> dict[str, Any]:
    body = obj({"type": {"const": kind}, "timestamp": TIME, "data": _DATA[kind]})
    return {
        "tags": ["webhooks"],
        "summary": _WHEN[kind],
        "description": "Standard Webhooks 1.0.0, under 20 kB.",
        "parameters": [_header(name, said) for name, said in _HEADERS.items()],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "2XX": {"description": "Taken; to be said within 15 s."},
            "410": {"description": "Wanted no more, of anything."},
            "default": {"description": "It is tried again, after what Retry-After says on 429 and 503."},
        },
    }


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "description": description, "schema": TEXT}
