"""OpenAPI details of the routes that manage webhooks, and of the events that webhooks receive."""

from domain.event import DISABLED, TEST
from integration.subscriptions.schemas import PREFERENCES, REASON, SCHEMAS, WEBHOOK_ID
from openapi.parameters import LISTED
from openapi.route import Answer, Body, Room, Route, Schema, page_of, ref
from openapi.schema import TIME, given, maybe, obj

_ID = "sub_01a1fa288aecaf5810de9f630567e669"
_REQUEST = {
    "url": "https://example.com/sightline",
    "events": ["image.recognized"],
    "labels": ["cat"],
    "min_confidence": 0.5,
    "description": "the cat flap",
}
_WEBHOOK = {
    "webhook_id": _ID,
    **_REQUEST,
    "rate_limit": None,
    "created_at": "2026-11-20T18:12:03.436Z",
    "enabled": True,
    "disabled": None,
    "failing_since": None,
    "resting_until": None,
    "links": {"self": f"https://api.example/webhooks/{_ID}"},
}
_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105 (an example)


def _with(**more: Schema) -> Schema:
    return {"allOf": [ref("Webhook"), {"properties": more, "required": [*more]}]}


ROOM = Room(
    package=__package__,
    tags={"webhooks": "Receive events by HTTP."},
    routes={
        "POST /webhooks": Route(
            {
                201: Answer(
                    "Registered. Only this response holds the secret.",
                    _with(secret=ref("Secret")),
                    _WEBHOOK | {"secret": _SECRET},
                    headers={"location": "The webhook."},
                )
            },
            Body({"application/json": ref("Wish")}, {"application/json": _REQUEST}),
        ),
        "GET /webhooks": Route(
            {200: Answer("A page of webhooks.", page_of("Webhook"), {"items": [_WEBHOOK], "next_cursor": None})}
        ),
        "GET /webhooks/{webhook_id}": Route({200: Answer("The webhook.", ref("Webhook"), _WEBHOOK)}),
        "PATCH /webhooks/{webhook_id}": Route(
            {200: Answer("The changed webhook.", ref("Webhook"), _WEBHOOK)},
            Body({"application/json": ref("Change")}, {"application/json": {"enabled": True, "labels": ["cat"]}}),
        ),
        "DELETE /webhooks/{webhook_id}": Route({204: Answer("Deleted; it receives no further event.")}),
        "POST /webhooks/{webhook_id}/rotate": Route(
            {
                200: Answer(
                    "The new secret, shown this once.",
                    _with(secret=ref("Secret"), previous_secret_until=TIME),
                    _WEBHOOK | {"secret": _SECRET, "previous_secret_until": "2026-11-21T18:12:03.436Z"},
                )
            }
        ),
    },
    schemas=SCHEMAS
    | {
        "Wish": given(
            {name: schema if name == "url" else maybe(schema) for name, schema in PREFERENCES.items()}, ["url"]
        ),
        "Change": given(
            {name: schema if name == "url" else maybe(schema) for name, schema in PREFERENCES.items()}
            | {"enabled": {"type": "boolean"}}
        )
        | {"minProperties": 1},
    },
    parameters=LISTED | {"webhook_id": WEBHOOK_ID},
    events={
        DISABLED: obj({"webhook_id": WEBHOOK_ID, "reason": REASON, "failing_since": maybe(TIME), "disabled_at": TIME}),
        TEST: obj({"webhook_id": WEBHOOK_ID}),
    },
)
