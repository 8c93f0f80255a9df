"""The description of the whole API as OpenAPI 3.1."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openapi.events import webhooks
from openapi.operation import operation
from openapi.problem import PROBLEM, used_headers
from openapi.reader.source import ROOT, Definition, Module, read, route_table
from openapi.route import JsonObject, Room, Route
from openapi.schema import described, one_of
from openapi.security import refusals, schemes
from wire.http.sign_in import OPEN_ROUTES

Description = Mapping[str, Any]
"""An OpenAPI document."""

_ABOUT = """\
Upload a picture: Sightline recognizes what is on it, stores the result, and notifies subscribers.

Confidence is 0–1, times are RFC 3339 UTC, boxes are fractions of the upright image. Lists are paged by a cursor. Every
response has an `x-request-id`. Errors are RFC 9457 problems with a stable `code`; `retryable` is whether the same
request may succeed later. Above its limits API Gateway itself responds with 429 or 503, with a `message` and without a
code."""


def document(rooms: Sequence[Room], *, auth: str, detectors: Sequence[str]) -> Description:
    """Return the description; the function that serves it replaces `servers` by the API's base URL."""
    paths = _paths(rooms, auth)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sightline",
            "version": _version(),
            "description": _ABOUT,
            "contact": {"name": "The operator of this deployment"},
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for room in rooms for name, text in room.tags.items() if text],
        "security": [{scheme: []} for scheme in schemes(auth)],
        "paths": paths,
        "webhooks": webhooks(rooms),
        "components": {
            "schemas": {
                "Detector": described("A detector of this deployment, the default one first.", one_of(*detectors)),
                "Problem": PROBLEM,
                **{name: schema for room in rooms for name, schema in room.schemas.items()},
            },
            "headers": used_headers(paths),
        }
        | ({"securitySchemes": schemes(auth)} if schemes(auth) else {}),
    }


def routes_in_code(package: str) -> dict[str, Definition]:
    """Return the code behind every route key in the tables of a room's handlers."""
    return {key: code for module in _handlers(package) for key, code in route_table(module.name).items()}


def _handlers(package: str) -> Iterator[Module]:
    for file in sorted((ROOT / package.replace(".", "/") / "runtime").rglob("*.py")):
        module = read(".".join(file.relative_to(ROOT).with_suffix("").parts))
        if module.defines("ROUTES"):
            yield module


def _paths(rooms: Sequence[Room], auth: str) -> JsonObject:
    paths: JsonObject = {}
    for room in rooms:
        for key, code in sorted(routes_in_code(room.package).items(), key=lambda item: item[0].partition(" ")[2]):
            method, _, path = key.partition(" ")
            if path:
                paths.setdefault(path, {})[method.lower()] = _operation(room, key, code, auth)
    return paths


def _operation(room: Room, key: str, code: Definition, auth: str) -> JsonObject:
    is_open = key in OPEN_ROUTES
    route = room.routes.get(key, Route(responses={}))
    described_operation = operation(key, code, route, room.parameters, () if is_open else refusals(auth))
    tag = route.tag or next(iter(room.tags))
    return {"tags": [tag]} | described_operation | ({"security": []} if is_open and schemes(auth) else {})


def _version() -> str:
    definition = read("sightline.__init__").named("__version__")
    assert definition
    return str(getattr(definition.node, "value", ""))
