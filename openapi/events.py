"""The events that subscribers receive, as OpenAPI 3.1 describes webhooks."""

from collections.abc import Mapping, Sequence

from domain.event import EVENT_TYPES, EventType
from openapi.route import JsonObject, Room, Schema
from openapi.schema import TEXT, TIME, constant, obj

_HEADERS = {
    "webhook-id": "The same for every attempt: ignore an id that you have seen.",
    "webhook-timestamp": "The time of the signature, in seconds since 1970.",
    "webhook-signature": "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; one for each secret.",
}


def webhooks(rooms: Sequence[Room]) -> JsonObject:
    """Return the description of every event type, with the schema of `data` that a room declares for it.

    Raises ValueError for an event type without a schema, and for a schema without an event type.
    """
    schemas = {name: schema for room in rooms for name, schema in room.events.items()}
    unmatched = sorted(set(schemas) ^ set(EVENT_TYPES))
    if unmatched:
        raise ValueError(f"declared as an event type or in ROOM.events, but not as both: {', '.join(unmatched)}")
    return {name: {"post": _post(kind, schemas[name])} for name, kind in EVENT_TYPES.items()}


def _post(kind: EventType, data: Schema) -> Mapping[str, object]:
    body = obj({"type": constant(kind), "timestamp": TIME, "data": data})
    return {
        "tags": ["webhooks"],
        "operationId": "on_" + kind.replace(".", "_"),
        "summary": kind.published,
        "description": "Standard Webhooks 1.0.0, less than 20 kB.",
        "parameters": [_header(name, description) for name, description in _HEADERS.items()],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "2XX": {"description": "Accepted; respond within 15 s."},
            "410": {"description": "Disables the webhook: it receives no more events."},
            "default": {"description": "The delivery is retried, after the time in Retry-After for 429 and 503."},
        },
    }


def _header(name: str, description: str) -> Mapping[str, object]:
    return {"name": name, "in": "header", "required": True, "description": description, "schema": TEXT}
