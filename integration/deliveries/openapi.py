"""OpenAPI details of the routes that read and replay deliveries."""

from integration.deliveries.runtime.log.row import STATUSES
from integration.deliveries.schemas import DELIVERY_ID, SCHEMAS
from integration.subscriptions.schemas import WEBHOOK_ID
from openapi.parameters import BETWEEN, LISTED
from openapi.route import Response, Room, Route, page_of, ref
from openapi.schema import COUNT, TEXT, array, constant, extended, nullable, obj, one_of

_REPLAYED = Response(
    "The number of deliveries that are queued; `next_cursor` leads to further ones, if any.",
    obj({"deliveries": COUNT, "next_cursor": nullable(TEXT)}),
    {"deliveries": 3, "next_cursor": None},
)
_QUEUED = Response("Queued, to be posted at once.", ref("QueuedDelivery"), headers={"location": "The delivery."})


ROOM = Room(
    package=__package__,
    tags={"webhooks": ""},
    routes={
        "POST /webhooks/{webhook_id}/test": Route({202: _QUEUED}),
        "GET /webhooks/{webhook_id}/deliveries": Route({200: Response("A page of the log.", page_of("Delivery"))}),
        "GET /webhooks/{webhook_id}/dead-letters": Route(
            {200: Response("A page of dead letters.", page_of("Delivery"))}
        ),
        "POST /webhooks/{webhook_id}/replay": Route(
            {202: _REPLAYED}, parameters={"since": {**BETWEEN["since"], "required": True}}
        ),
        "POST /webhooks/{webhook_id}/redrive": Route({202: _REPLAYED}),
        "GET /deliveries/{delivery_id}": Route(
            {200: Response("The delivery with its attempts and its event.", ref("DeliveryInFull"))}
        ),
        "POST /deliveries/{delivery_id}/replay": Route({202: _QUEUED}),
    },
    schemas=SCHEMAS
    | {
        "QueuedDelivery": obj({"delivery_id": DELIVERY_ID, "status": constant("pending"), "links": ref("Links")}),
        "DeliveryInFull": extended(
            SCHEMAS["Delivery"],
            attempts=array(ref("Attempt")),
            event={"type": "object", "additionalProperties": True},
        ),
    },
    parameters=LISTED
    | BETWEEN
    | {
        "webhook_id": WEBHOOK_ID,
        "delivery_id": DELIVERY_ID,
        "status": one_of(*STATUSES) | {"description": "List deliveries of this status only."},
    },
)
