"""What the code of the routes about webhooks does not tell of them, and what is sent to subscribers."""

from api.openapi.form import given
from api.openapi.parameters import LISTED
from api.openapi.route import Answer, Body, Route, Unit, page_of, ref
from integration.forms import DELIVERY_ID, FORMS, WEBHOOK_ID, WISHES, told

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
_WITH_SECRET = {"allOf": [ref("Webhook"), {"properties": {"secret": ref("Secret")}, "required": ["secret"]}]}

UNIT = Unit(
    name="integration",
    tags={"webhooks": "Be told of what happens."},
    routes={
        "POST /webhooks": Route(
            {
                201: Answer(
                    "Registered. This answer alone holds the secret.",
                    _WITH_SECRET,
                    _WEBHOOK | {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"},
                    headers={"location": "The webhook."},
                )
            },
            Body({"application/json": ref("Wish")}, {"application/json": _WISH}),
        ),
        "GET /webhooks": Route(
            {200: Answer("A page of webhooks.", page_of("Webhook"), {"items": [_WEBHOOK], "next_cursor": None})}
        ),
        "GET /webhooks/{webhook_id}": Route({200: Answer("The webhook.", ref("Webhook"), _WEBHOOK)}),
        "DELETE /webhooks/{webhook_id}": Route({204: Answer("It is told no more.")}),
    },
    schemas=FORMS | {"Wish": given(WISHES, ["url"])},
    parameters=LISTED | {"webhook_id": WEBHOOK_ID, "delivery_id": DELIVERY_ID},
    webhooks=told(),
)
