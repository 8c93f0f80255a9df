"""A Route as its room describes it: the forms of bodies, and what reaches it from another process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one status of success holds: a sentence, the form of its body, an example, headers of its own."""

    description: str
    schema: Schema | None = None
    example: object = None
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Body:
    """What may be sent, by content type; not `required` where nothing may be sent as well."""

    content: Mapping[str, Schema]
    examples: Mapping[str, object] = field(default_factory=dict)
    required: bool = True


@dataclass(frozen=True, slots=True)
class Route:
    """What no code of the route tells.

    `refusals` are the codes that another process says, with their statuses. `parameters` are those that mean here
    something else than in the rest of the room. `tag` is the room's first where none is named.
    """

    answers: Mapping[int, Answer]
    body: Body | None = None
    refusals: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A room's part of the description: `package` is its dotted name, `parameters` those of its queries and paths.

    A parameter is a schema that may also state that it is `required`.
    """

    package: str
    tags: Mapping[str, str]
    routes: Mapping[str, Route]
    schemas: Mapping[str, Schema]
    parameters: Mapping[str, Schema]
    webhooks: Mapping[str, Schema] = field(default_factory=dict)


def ref(name: str) -> dict[str, str]:
    """A schema of the description, by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def page_of(name: str, **more: Schema) -> dict[str, Any]:
    """The form of a list, whose items have the schema of this name."""
    listed = {"items": {"type": "array", "items": ref(name)}, "next_cursor": {"type": ["string", "null"]}}
    return {"type": "object", "properties": listed | more, "required": [*listed, *more]}
