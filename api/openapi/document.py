"""The description of the whole API as OpenAPI 3.1, from the units' code and what they say beside it."""

from collections.abc import Iterator, Sequence
from typing import Any

from api.openapi.form import described, one_of
from api.openapi.operation import operation
from api.openapi.problem import HEADERS, PROBLEM
from api.openapi.route import Route, Unit
from api.openapi.signing_in import refusals, schemes
from api.openapi.source import ROOT, Definition, Module, read, route_table
from wire.sign_in import OPEN_ROUTES

_ABOUT = """\
Give it a picture; it recognises what is on it, keeps the answer, and tells whoever subscribed.

Confidence is 0–1, times are RFC 3339 UTC, boxes are fractions of the upright image. Lists are paged by a cursor. Every
answer has an `x-request-id`. Errors are RFC 9457 problems whose `code` is stable and whose `retryable` says whether the
same request may succeed later. Where there is too much at once API Gateway itself answers 429 or 503, with a `message`
and no code."""


def document(units: Sequence[Unit], *, auth: str, detectors: Sequence[str]) -> dict[str, Any]:
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
        "tags": [{"name": name, "description": said} for unit in units for name, said in unit.tags.items() if said],
        "paths": _paths(units, auth),
        "webhooks": {name: said for unit in units for name, said in unit.webhooks.items()},
        "components": {
            "schemas": {
                "Detector": described("One of this deployment's detectors, the default one first.", one_of(*detectors)),
                "Problem": PROBLEM,
                **{name: said for unit in units for name, said in unit.schemas.items()},
            },
            "headers": HEADERS,
        }
        | ({"securitySchemes": schemes(auth)} if schemes(auth) else {}),
    } | ({"security": [{scheme: []} for scheme in schemes(auth)]} if schemes(auth) else {})


def coded_routes(unit: str) -> dict[str, Definition]:
    """Every route key that the handlers of a unit have in their tables."""
    return {key: code for module in _handlers(unit) for key, code in route_table(module.name).items()}


def _handlers(unit: str) -> Iterator[Module]:
    for file in sorted((ROOT / unit).glob("*/*.py")):
        module = read(".".join(file.relative_to(ROOT).with_suffix("").parts))
        if module.defines("ROUTES"):
            yield module


def _paths(units: Sequence[Unit], auth: str) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for unit in units:
        for key, code in sorted(coded_routes(unit.name).items(), key=lambda item: item[0].partition(" ")[2]):
            method, _, path = key.partition(" ")
            if path:
                paths.setdefault(path, {})[method.lower()] = _operation(unit, key, code, auth)
    return paths


def _operation(unit: Unit, key: str, code: Definition, auth: str) -> dict[str, Any]:
    is_open = key in OPEN_ROUTES
    route = unit.routes.get(key, Route(answers={}))
    said = operation(key, code, route, unit.parameters, () if is_open else refusals(auth))
    tag = route.tag or next(iter(unit.tags))
    return {"tags": [tag]} | said | ({"security": []} if is_open and schemes(auth) else {})


def _version() -> str:
    found = read("sightline.__init__").named("__version__")
    assert found
    return str(getattr(found.node, "value", ""))
