"""Schemas of parameters and bodies that routes of several units share."""

from domain.image import ID_PREFIX
from domain.image_type import CONTENT_TYPES
from domain.options import MOST_DETECTIONS
from openapi.route import Schema, ref
from openapi.schema import BINARY, FRACTION, array, described, id_schema
from wire.http.paging import DEFAULT_LIMIT, MOST

LABEL: Schema = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"^[^\u0000-\u001f\u007f-\u00a0]+$"}
"""A text of printable characters, in a pattern that every dialect of regular expressions supports."""

MODEL: Schema = {
    "type": "string",
    "pattern": r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}(@[A-Za-z0-9][A-Za-z0-9_.+-]{0,31})?$",
    "examples": ["animals", "animals@2.0.0"],
}
LABELS = array(LABEL, maxItems=50)
PICTURE: dict[str, Schema] = dict.fromkeys(
    ("application/octet-stream", "image/*"),
    described(
        f"A picture of up to 4.5 MB; its first bytes decide its type: {', '.join(CONTENT_TYPES)}.",
        BINARY,
    ),
)
"""A picture as a body; generators of clients know the first of its content types only."""
IMAGE_ID = id_schema(ID_PREFIX)

OPTIONS: dict[str, Schema] = {
    "detector": described("The detector; by default that of the deployment.", ref("Detector")),
    "model": described("A model in GET /models: `name` for its newest version, or `name@version`.", MODEL),
    "top_k": {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_DETECTIONS,
        "description": "The most detections to return.",
    },
    "min_confidence": described("The least confidence of a detection to return.", FRACTION),
}
"""The options of an image, as query parameters and as fields of a JSON body."""

LISTED: dict[str, Schema] = {
    "limit": {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST,
        "default": DEFAULT_LIMIT,
        "description": "The most items to return.",
    },
    "cursor": {
        "type": "string",
        "description": "The `next_cursor` of the previous page of the same query.",
    },
}
"""Query parameters of every list."""

BETWEEN: dict[str, Schema] = {
    "since": {"type": "string", "format": "date", "description": "A day (UTC) or a time.", "examples": ["2026-11-20"]},
    "until": {
        "type": "string",
        "format": "date",
        "description": "A day or a time after `since`, exclusive.",
        "examples": ["2026-11-22"],
    },
}
"""Query parameters of a period."""
