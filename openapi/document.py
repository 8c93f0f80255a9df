"""The description of the whole API as OpenAPI 3.1, from the rooms' code and what they say beside it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openapi.operation import operation
from openapi.problem import HEADERS, PROBLEM
from openapi.reader.source import ROOT, Definition, Module, read, route_table
from openapi.route import Room, Route
from openapi.schema import described, one_of
from openapi.security import refusals, schemes
from wire.http.sign_in import OPEN_ROUTES

Description = Mapping[str, Any]
"""An OpenAPI document."""

_ABOUT = """\
Give it a picture; it recognises what is on it, keeps the answer, and tells whoever subscribed.

Confidence is 0–1, times are RFC 3339 UTC, boxes are fractions of the upright image. Lists are paged by a cursor. Every
answer has an `x-request-id`. Errors are RFC 9457 problems whose `code` is stable and whose `retryable` says whether the
same request may succeed later. Where there is too much at once API Gateway itself answers 429 or 503, with a `message`
and no code."""


def document(rooms: Sequence[Room], *, auth: str, detectors: Sequence[str]) -> Description:
    """The description; whoever serves it puts the base URL into `servers`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sightline",
            "version": _version(),
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": said} for room in rooms for name, said in room.tags.items() if said],
        "paths": _paths(rooms, auth),
        "webhooks": {name: said for room in rooms for name, said in room.webhooks.items()},
        "components": {
            "schemas": {
                "Detector": described("One of this deployment's detectors, the default one first.", one_of(*detectors)),
                "Problem": PROBLEM,
                **{name: said for room in rooms for name, said in room.schemas.items()},
            },
            "headers": HEADERS,
        }
        | ({"securitySchemes": schemes(auth)} if schemes(auth) else {}),
    } | ({"security": [{scheme: []} for scheme in schemes(auth)]} if schemes(auth) else {})


def coded_routes(package: str) -> dict[str, Definition]:
    """Return every route key that the handlers of a room have in their tables, with the code behind it."""
    return {key: code for module in _handlers(package) for key, code in route_table(module.name).items()}


def _handlers(package: str) -> Iterator[Module]:
    for file in sorted((ROOT / package.replace(".", "/") / "runtime").rglob("*.py")):
        module = read(".".join(file.relative_to(ROOT).with_suffix("").parts))
        if module.defines("ROUTES"):
            yield module


def _paths(rooms: Sequence[Room], auth: str) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for room in rooms:
        for key, code in sorted(coded_routes(room.package).items(), key=lambda item: item[0].partition(" ")[2]):
            method, _, path = key.partition(" ")
            if path:
                paths.setdefault(path, {})[method.lower()] = _operation(room, key, code, auth)
    return paths


def _operation(room: Room, key: str, code: Definition, auth: str) -> dict[str, Any]:
    is_open = key in OPEN_ROUTES
    route = room.routes.get(key, Route(answers={}))
    said = operation(key, code, route, room.parameters, () if is_open else refusals(auth))
    tag = route.tag or next(iter(room.tags))
    return {"tags": [tag]} | said | ({"security": []} if is_open and schemes(auth) else {})


def _version() -> str:
    found = read("sightline.__init__").named("__version__")
    assert found
    return str(getattr(found.node, "value", ""))
