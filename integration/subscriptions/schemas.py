"""Schemas of webhooks."""

from domain.event import TYPES
from integration.subscriptions.runtime.disabled_event import FAILING, GONE, OWNER
from integration.subscriptions.runtime.registration import LONGEST_DESCRIPTION, MOST_A_MINUTE
from integration.subscriptions.runtime.subscription import ID_PREFIX
from openapi.parameters import LABELS
from openapi.route import Schema, ref
from openapi.schema import FRACTION, TIME, array, described, id_schema, nullable, obj, one_of

WEBHOOK_ID = id_schema(ID_PREFIX)

PREFERENCES: dict[str, Schema] = {
    "url": {"type": "string", "format": "uri", "maxLength": 2048, "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"},
    "events": array(ref("EventType"), minItems=1),
    "labels": LABELS,
    "min_confidence": FRACTION,
    "description": {"type": "string", "maxLength": LONGEST_DESCRIPTION, "pattern": r"^[^\u0000-\u001f\u007f-\u00a0]*$"},
    "rate_limit": {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_A_MINUTE,
        "description": "The most attempts a minute.",
    },
}
REASON = one_of(FAILING, GONE, OWNER)
SCHEMAS: dict[str, Schema] = {
    "EventType": described("An event that a webhook can receive.", one_of(*TYPES)),
    "Webhook": obj(
        {"webhook_id": WEBHOOK_ID}
        | PREFERENCES
        | {
            "rate_limit": nullable(PREFERENCES["rate_limit"]),
            "created_at": TIME,
            "enabled": {"type": "boolean"},
            "disabled": nullable(ref("Disabled")),
            "failing_since": nullable(TIME),
            "resting_until": nullable(TIME),
            "links": ref("Links"),
        }
    ),
    "Disabled": obj({"reason": REASON, "at": TIME}),
    "Secret": {"type": "string", "pattern": "^whsec_[A-Za-z0-9+/=]+$", "description": "Shown only once."},
}
