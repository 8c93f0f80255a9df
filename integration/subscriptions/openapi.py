"""OpenAPI details of the routes that manage webhooks, and of the events that webhooks receive."""

from domain.event import DISABLED, TEST
from integration.subscriptions.schemas import PREFERENCES, REASON, SCHEMAS, WEBHOOK_ID
from openapi.parameters import LISTED
from openapi.route import Body, Response, Room, Route, page_of, ref
from openapi.schema import TIME, extended, nullable, obj, request_body

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


ROOM = Room(
    package=__package__,
    tags={"webhooks": "Receive events by HTTP."},
    routes={
        "POST /webhooks": Route(
            {
                201: Response(
                    "Registered. Only this response holds the secret.",
                    ref("NewWebhook"),
                    _WEBHOOK | {"secret": _SECRET},
                    headers={"location": "The webhook."},
                )
            },
            Body({"application/json": ref("Wish")}, {"application/json": _REQUEST}),
        ),
        "GET /webhooks": Route(
            {200: Response("A page of webhooks.", page_of("Webhook"), {"items": [_WEBHOOK], "next_cursor": None})}
        ),
        "GET /webhooks/{webhook_id}": Route({200: Response("The webhook.", ref("Webhook"), _WEBHOOK)}),
        "PATCH /webhooks/{webhook_id}": Route(
            {200: Response("The changed webhook.", ref("Webhook"), _WEBHOOK)},
            Body({"application/json": ref("Change")}, {"application/json": {"enabled": True, "labels": ["cat"]}}),
        ),
        "DELETE /webhooks/{webhook_id}": Route({204: Response("Deleted; it receives no further event.")}),
        "POST /webhooks/{webhook_id}/rotate": Route(
            {
                200: Response(
                    "The new secret, shown this once.",
                    ref("RotatedWebhook"),
                    _WEBHOOK | {"secret": _SECRET, "previous_secret_until": "2026-11-21T18:12:03.436Z"},
                )
            }
        ),
    },
    schemas=SCHEMAS
    | {
        "NewWebhook": extended(SCHEMAS["Webhook"], secret=ref("Secret")),
        "RotatedWebhook": extended(SCHEMAS["Webhook"], secret=ref("Secret"), previous_secret_until=TIME),
        "Wish": request_body(
            {name: schema if name == "url" else nullable(schema) for name, schema in PREFERENCES.items()}, ["url"]
        ),
        "Change": request_body(
            {name: schema if name == "url" else nullable(schema) for name, schema in PREFERENCES.items()}
            | {"enabled": {"type": "boolean"}}
        )
        | {"minProperties": 1},
    },
    parameters=LISTED | {"webhook_id": WEBHOOK_ID},
    events={
        DISABLED: obj(
            {"webhook_id": WEBHOOK_ID, "reason": REASON, "failing_since": nullable(TIME), "disabled_at": TIME}
        ),
        TEST: obj({"webhook_id": WEBHOOK_ID}),
    },
)
