"""OpenAPI details of the upload routes that cannot be read off their handlers."""

from domain.image_type import CONTENT_TYPES
from openapi.parameters import IMAGE_ID, OPTIONS, PICTURE
from openapi.route import Body, Response, Room, Route, ref
from openapi.schema import LINK, NOTHING, TEXT, constant, nullable, obj, one_of, request_body

_ID = "img_01a1fa287ea2a27678add6ad9b4a8b27"
_URL = {"type": "string", "format": "uri", "maxLength": 2048, "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}

QUEUED = Response(
    "Stored; recognition follows within seconds.",
    ref("Queued"),
    {"image_id": _ID, "status": "queued", "links": {"self": f"https://api.example/images/{_ID}"}},
    headers={"location": "The image."},
)
_BY_URL = {"url": "https://example.com/cat.jpg", "name": "cat.jpg", "options": {"top_k": 3}}
_FORM = {"name": "cat.png", "content_type": "image/png", "options": {"detector": "edge"}}

ROOM = Room(
    package=__package__,
    tags={
        "upload": "Upload pictures by URL, as bytes, or through a presigned form.",
    },
    routes={
        "GET /": Route(
            {
                202: QUEUED,
                302: Response(
                    "A redirect to the list of images.", NOTHING, headers={"location": "The list of images."}
                ),
            },
        ),
        "POST /images": Route(
            {202: QUEUED},
            Body(
                {"application/json": ref("UploadByUrl")} | PICTURE,
                {"application/json": _BY_URL},
            ),
            {"invalid_name": 400},
        ),
        "POST /uploads": Route(
            {201: Response("A presigned form for one picture, valid for five minutes.", ref("Form"))},
            Body({"application/json": ref("UploadByForm")}, {"application/json": _FORM}),
            {"invalid_name": 400, "invalid_content_type": 400},
        ),
        "GET /health": Route(
            {200: Response("The API runs.", obj({"status": constant("ok")}), {"status": "ok"})}, tag="docs"
        ),
    },
    schemas={
        "Options": request_body({name: nullable(schema) for name, schema in OPTIONS.items()})
        | {"description": "The options of one image; null means the same as a missing field."},
        "UploadByUrl": request_body(
            {"url": _URL, "name": nullable(TEXT), "options": nullable(ref("Options"))}, ["url"]
        ),
        "UploadByForm": request_body(
            {"name": nullable(TEXT), "content_type": one_of(*CONTENT_TYPES), "options": nullable(ref("Options"))},
            ["content_type"],
        ),
        "Queued": obj({"image_id": IMAGE_ID, "status": constant("queued"), "links": ref("Links")}),
        "Links": {"type": "object", "properties": {"self": LINK}, "required": ["self"], "additionalProperties": LINK},
        "Form": obj({"image_id": IMAGE_ID, "upload": ref("Upload")}),
        "Upload": {"description": "Send all `fields`, then `file`, as multipart/form-data to `url`."}
        | obj({"url": LINK, "fields": {"type": "object", "additionalProperties": TEXT}}),
        "Size": {"description": "Of the upright image, in pixels."}
        | obj({side: {"type": "integer", "minimum": 1} for side in ("width", "height")}),
    },
    parameters={
        "url": _URL | {"description": "The URL of the picture; percent-encode it if it has a query of its own."},
        "name": {
            "type": "string",
            "description": "The name of the picture. Not for a JSON body, which has a field for it.",
        },
    },
)
