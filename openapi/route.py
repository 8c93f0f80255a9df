"""Declarations that a room adds to the description of its routes: bodies, examples, and facts beyond its code."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]

JsonObject = dict[str, Any]
"""A part of an OpenAPI document: JSON of any shape."""

JSON = "application/json"
"""The content type of a response by default."""


@dataclass(frozen=True, slots=True)
class Response:
    """A response with a status of success: a sentence, the schema of its body, an example, its headers.

    `redirected` means that it comes from the target of the route's redirect, which clients follow, and that it has none
    of the API's own headers.
    """

    description: str
    schema: Schema | None = None
    example: object = None
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    redirected: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request: its schemas and examples by content type; it may be empty unless `required`."""

    content: Mapping[str, Schema]
    examples: Mapping[str, object] = field(default_factory=dict)
    required: bool = True


@dataclass(frozen=True, slots=True)
class Route:
    """The declaration of a route; openapi.reader has the rules of what is read off the code.

    `responses` are those of success, by status. Facts that cannot be read off the code are declared, too: `statuses` of
    success, `fields` of the JSON body, query `parameters`, and `refusals`, as status by code. `parameters` may also
    replace those of the room for this route. `tag` is the first tag of the room by default.
    """

    responses: Mapping[int, Response]
    body: Body | None = None
    refusals: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    fields: Collection[str] = ()
    statuses: Collection[int] = ()
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A room's part of the description. `package` is its dotted name.

    `parameters` are the schemas of its query and path parameters, which may also have `required`. `events` has the
    schema of `data` for each event type that the room publishes.
    """

    package: str
    tags: Mapping[str, str]
    routes: Mapping[str, Route]
    schemas: Mapping[str, Schema]
    parameters: Mapping[str, Schema]
    events: Mapping[str, Schema] = field(default_factory=dict)


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}


def page_of(name: str, **more: Schema) -> JsonObject:
    """Return the schema of a page of a list whose items have the schema of this name."""
    properties = {"items": {"type": "array", "items": ref(name)}, "next_cursor": {"type": ["string", "null"]}}
    return {"type": "object", "properties": properties | more, "required": [*properties, *more]}
