"""OpenAPI details that cannot be read off the image handlers."""

from domain.detectors import RECOGNIZERS
from domain.event import ERASED, RECOGNIZED, REJECTED
from openapi.parameters import BETWEEN, IMAGE_ID, LABEL, LABELS, LISTED, OPTIONS
from openapi.route import Body, Response, Room, Route, Schema, page_of, ref
from openapi.schema import (
    BINARY,
    COUNT,
    DAY,
    FRACTION,
    LINK,
    NOTHING,
    TEXT,
    TIME,
    array,
    constant,
    described,
    nullable,
    obj,
    one_of,
    request_body,
)
from recognition.results.schemas import RECOGNITION_EXAMPLE, SCHEMAS, STATS

_ID = "img_01a1fa287ef942b752d8e821a778ddd3"
_SELF = {"self": f"https://api.example/images/{_ID}"}
_IMAGE = {
    "image_id": _ID,
    "name": "cat.png",
    "status": "recognized",
    "received_at": "2026-11-20T18:12:00.623Z",
    "bytes": 240512,
    "recognized_at": "2026-11-20T18:12:00.656Z",
    "recognition": RECOGNITION_EXAMPLE,
    "links": _SELF,
}
_IMAGE_FIELDS: dict[str, Schema] = {"image_id": IMAGE_ID, "name": TEXT, "received_at": TIME}
_FORMATS = ("json", "csv", "coco")
_DERIVED = {
    200: Response(
        "The picture, to a client that follows the redirect.", BINARY, content_type="image/jpeg", redirected=True
    ),
    302: Response(
        "A redirect to a link that opens the picture for an hour.", NOTHING, headers={"location": "The picture."}
    ),
}
_UNDERIVABLE = dict.fromkeys(
    ("damaged_image", "too_many_pixels", "not_an_image", "unsupported_format", "too_large", "empty", "no_such_object"),
    409,
) | dict.fromkeys(("storage_error", "access_denied", "out_of_time"), 503)

ROOM = Room(
    package=__package__,
    tags={"images": "Your images and their results.", "models": "The models, and recognition while you wait."},
    routes={
        "GET /images": Route(
            {200: Response("A page of images.", page_of("Image"), {"items": [_IMAGE], "next_cursor": None})}
        ),
        "GET /images/{image_id}": Route(
            {200: Response("The image.", {"anyOf": [ref("ImageInFull"), ref("QueuedImage")]}, _IMAGE)}
        ),
        "GET /images/{image_id}/annotated": Route(_DERIVED, refusals=_UNDERIVABLE, statuses=[200]),
        "GET /images/{image_id}/thumbnail": Route(_DERIVED, refusals=_UNDERIVABLE, statuses=[200]),
        "GET /images/stats": Route({200: Response("The days, newest first, and their total.", ref("Stats"))}),
        "GET /images/export": Route({200: Response("A link that opens the file for an hour.", ref("Export"))}),
        "POST /images/{image_id}/recognitions": Route(
            {
                202: Response(
                    "The image will be recognized again.", ref("Requested"), headers={"location": "The image."}
                )
            },
            Body({"application/json": ref("Again")}, {"application/json": {"detector": "edge"}}, required=False),
        ),
        "POST /images/{image_id}/corrections": Route(
            {
                201: Response(
                    "The correction is stored beside the result.", ref("Corrected"), headers={"location": "The image."}
                )
            },
            Body(
                {"application/json": request_body({"labels": LABELS}, ["labels"])},
                {"application/json": {"labels": ["cat"]}},
            ),
        ),
        "DELETE /images/{image_id}": Route({200: Response("The receipt.", ref("Receipt"))}),
        "GET /models": Route(
            {200: Response("The models.", page_of("ModelBundle", detectors=array(ref("Detector"))))}, tag="models"
        ),
    },
    schemas=SCHEMAS
    | {
        "Stats": obj({"since": DAY, "until": DAY, "total": obj(STATS), "items": array(ref("DailyStats"))}),
        "Export": obj(
            {
                "format": one_of(*_FORMATS),
                "images": COUNT,
                "left_out": described("Images without a size, which COCO requires.", COUNT),
                "url": LINK,
                "expires_at": TIME,
                "next_cursor": nullable(TEXT),
            }
        ),
        "Again": request_body({name: nullable(OPTIONS[name]) for name in ("detector", "model")}),
        "Requested": obj({"request": TEXT, "image_id": IMAGE_ID, "status": constant("queued"), "links": ref("Links")}),
        "Corrected": obj({"image_id": IMAGE_ID, "labels": array(TEXT), "at": TIME, "links": ref("Links")}),
        "Receipt": obj(
            {"image_id": IMAGE_ID, "status": constant("erased"), "erased_at": TIME, "removed": ref("Removed")}
        ),
        "Removed": described(
            "The erased object versions, derived pictures, rows and cached results.",
            obj(
                {"objects": array(obj({"key": TEXT, "version": TEXT, "delete_marker": {"type": "boolean"}}))}
                | {name: array(TEXT) for name in ("derived", "found_by", "reusable", "earlier")}
                | {"recognition": {"type": "boolean"}}
            ),
        ),
    },
    parameters=OPTIONS
    | LISTED
    | BETWEEN
    | {
        "image_id": IMAGE_ID,
        "label": described(
            "Only images with a detection of this label, in any case, of at least 0.5 or `min_confidence`.",
            LABEL,
        ),
        "detector": one_of(*RECOGNIZERS) | {"description": "Only images whose result comes from this detector."},
        "status": one_of("recognized", "rejected")
        | {"description": "Only images of this status; queued images can be read by their IDs only."},
        "min_confidence": described(
            "Show only detections of at least this confidence; a list has only images with such a detection."
            " With `label`, less than 0.5 is refused.",
            FRACTION,
        ),
        "format": one_of(*_FORMATS) | {"description": "The format of the file.", "required": True},
    },
    events={
        RECOGNIZED: obj(
            _IMAGE_FIELDS | {"recognition": ref("Recognition"), "detections_left_out": COUNT}, ["detections_left_out"]
        ),
        REJECTED: obj(_IMAGE_FIELDS | {"rejection": ref("Rejection")}),
        ERASED: obj({"image_id": IMAGE_ID}),
    },
)
