"""What the code of the routes about webhooks does not tell of them, and what is sent to subscribers."""

from api.openapi.form import COUNT, TEXT, TIME, array, given, maybe, obj, one_of
from api.openapi.parameters import BETWEEN, IMAGE_ID, LISTED
from api.openapi.route import Answer, Body, Route, Schema, Unit, page_of, ref
from integration.forms import DELIVERY_ID, FORMS, WEBHOOK_ID, WISHES, told
from integration.runtime.logged import STATUSES

_ID = "sub_01a1fa288aecaf5810de9f630567e669"
_WISH = {
    "url": "https://example.com/sightline",
    "events": ["image.recognized"],
    "labels": ["cat"],
    "min_confidence": 0.5,
    "description": "the cat flap",
}
_WEBHOOK = {
    "webhook_id": _ID,
    **_WISH,
    "rate_limit": None,
    "created_at": "2026-11-20T18:12:03.436Z",
    "enabled": True,
    "disabled": None,
    "failing_since": None,
    "links": {"self": f"https://api.example/webhooks/{_ID}"},
}
_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105 (an example)
_SENT_AGAIN = Answer(
    "So many are queued; `next_cursor` goes on where there are more.",
    obj({"deliveries": COUNT, "next_cursor": maybe(TEXT)}),
    {"deliveries": 3, "next_cursor": None},
)
_QUEUED = Answer("Queued, to be sent at once.", ref("QueuedDelivery"), headers={"location": "The delivery."})


def _with(**more: Schema) -> Schema:
    return {"allOf": [ref("Webhook"), {"properties": more, "required": [*more]}]}


UNIT = Unit(
    name="integration",
    tags={"webhooks": "Be told of what happens.", "images": ""},
    routes={
        "POST /webhooks": Route(
            {
                201: Answer(
                    "Registered. This answer alone holds the secret.",
                    _with(secret=ref("Secret")),
                    _WEBHOOK | {"secret": _SECRET},
                    headers={"location": "The webhook."},
                )
            },
            Body({"application/json": ref("Wish")}, {"application/json": _WISH}),
        ),
        "GET /webhooks": Route(
            {200: Answer("A page of webhooks.", page_of("Webhook"), {"items": [_WEBHOOK], "next_cursor": None})}
        ),
        "GET /webhooks/{webhook_id}": Route({200: Answer("The webhook.", ref("Webhook"), _WEBHOOK)}),
        "PATCH /webhooks/{webhook_id}": Route(
            {200: Answer("As it is now.", ref("Webhook"), _WEBHOOK)},
            Body({"application/json": ref("Change")}, {"application/json": {"enabled": True, "labels": ["cat"]}}),
        ),
        "DELETE /webhooks/{webhook_id}": Route({204: Answer("It is told no more.")}),
        "POST /webhooks/{webhook_id}/rotate": Route(
            {
                200: Answer(
                    "The new secret, shown this once.",
                    _with(secret=ref("Secret"), previous_secret_until=TIME),
                    _WEBHOOK | {"secret": _SECRET, "previous_secret_until": "2026-11-21T18:12:03.436Z"},
                )
            }
        ),
        "POST /webhooks/{webhook_id}/test": Route({202: _QUEUED}),
        "GET /webhooks/{webhook_id}/deliveries": Route({200: Answer("A page of the log.", page_of("Delivery"))}),
        "GET /webhooks/{webhook_id}/dead-letters": Route(
            {200: Answer("A page of what was given up.", page_of("Delivery"))}
        ),
        "POST /webhooks/{webhook_id}/replay": Route(
            {202: _SENT_AGAIN}, parameters={"since": {**BETWEEN["since"], "required": True}}
        ),
        "POST /webhooks/{webhook_id}/redrive": Route({202: _SENT_AGAIN}),
        "GET /deliveries/{delivery_id}": Route({200: Answer("All of it.", ref("DeliveryInFull"))}),
        "POST /deliveries/{delivery_id}/replay": Route({202: _QUEUED}),
        "GET /images/{image_id}/timeline": Route({200: Answer("Every hop.", ref("Timeline"))}, tag="images"),
    },
    schemas=FORMS
    | {
        "Wish": given({name: said if name == "url" else maybe(said) for name, said in WISHES.items()}, ["url"]),
        "Change": given(
            {name: said if name == "url" else maybe(said) for name, said in WISHES.items()}
            | {"enabled": {"type": "boolean"}}
        )
        | {"minProperties": 1},
        "QueuedDelivery": obj({"delivery_id": DELIVERY_ID, "status": {"const": "pending"}, "links": ref("Links")}),
        "DeliveryInFull": {
            "allOf": [ref("Delivery")],
            "properties": {"attempts": array(ref("Attempt")), "event": {"type": "object"}},
            "required": ["attempts", "event"],
        },
        "Timeline": obj({"image_id": IMAGE_ID, "items": array(ref("Hop")), "links": ref("Links")}),
    },
    parameters=LISTED
    | BETWEEN
    | {
        "webhook_id": WEBHOOK_ID,
        "delivery_id": DELIVERY_ID,
        "image_id": IMAGE_ID,
        "status": one_of(*STATUSES) | {"description": "Only these."},
    },
    webhooks=told(),
)
