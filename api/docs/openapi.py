"""OpenAPI details of the routes that describe the API."""

from openapi.route import Response, Room, Route
from openapi.schema import TEXT

ROOM = Room(
    package=__package__,
    tags={"docs": "The description of the API, and its health."},
    routes={
        "GET /openapi.json": Route({200: Response("This document.", {"type": "object", "additionalProperties": True})}),
        "GET /docs": Route(
            {200: Response("A page with the description.", TEXT, content_type="text/html; charset=utf-8")}
        ),
        "GET /docs/{file}": Route({200: Response("The file.", TEXT, content_type="*/*")}),
    },
    schemas={},
    parameters={
        "file": {"type": "string", "enum": ["favicon-32x32.png", "page.js", "swagger-ui-bundle.js", "swagger-ui.css"]},
    },
)
