"""Hooks for schemathesis: no URL may lead off this machine, and valid requests name existing images."""

import os
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from hypothesis import strategies as st

from domain.detectors import DETECTORS
from domain.event import DISABLED, TYPES
from tests.photographs import photograph

PHOTOS = os.environ["SIGHTLINE_PHOTOS"]
IMAGE_IDS = os.environ["SIGHTLINE_IMAGE_IDS"].split(",")
LONGEST_URL = 2048

_PAID = tuple(name for name, spec in DETECTORS.items() if spec.uses_rekognition)

for media_type in ("image/*", "application/octet-stream"):
    schemathesis.openapi.media_type(media_type, st.sampled_from([photograph("cat"), photograph("coffee")]))


@schemathesis.hook
def before_generate_path_parameters(context: Any, strategy: Any) -> Any:
    """Take half of the ids from existing images."""
    if "{image_id}" not in context.operation.path or context.operation.method == "delete":
        return strategy
    known = st.sampled_from(IMAGE_IDS).map(lambda image_id: {"image_id": image_id})
    return st.one_of(strategy, known)


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Skip requests whose content type alone is wrong: the API reads the first bytes instead.

    Forms are skipped in the coverage phase, which marks numbers near a boundary as invalid and valid at once.
    """
    if case.meta is None:
        return True
    is_form = case.media_type == "multipart/form-data" and case.meta.phase.name == "coverage"
    return not is_form and "Content-Type" not in (case.meta.phase.data.description or "")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Replace URLs off this machine, paid detectors, and values that only look valid."""
    query, body = _harmless(case.query), _harmless(case.body)
    if case.media_type == "application/json":
        query = _without(query, "name")  # the body has a field for it
    if "/webhooks" in case.path and isinstance(body, dict):
        body |= _few_events(body)
    if case.meta and case.meta.generation.mode.is_positive:
        query, body = _known_model(_acceptable(query)), _with_picture(case.media_type, _known_model(_printable(body)))
    if query != case.query:
        case.query = query
    if body != case.body:
        case.body = body


def _harmless(fields: Any) -> Any:
    if not isinstance(fields, dict):
        return fields
    kept = {name: _on_this_machine(value) if name == "url" else value for name, value in fields.items()}
    return kept | {name: _unpaid(value) for name, value in kept.items() if isinstance(value, dict)}


def _on_this_machine(url: Any) -> Any:
    """Return a URL of the photographs' server instead of any other; a value that is no URL stays, to be refused."""
    if not isinstance(url, str) or len(url) > LONGEST_URL or urlsplit(url).scheme.lower() not in ("http", "https"):
        return url
    return f"{PHOTOS}/cat.png"


def _unpaid(options: dict[str, Any]) -> dict[str, Any]:
    """Replace Rekognition, which this machine does not have, by the edge function."""
    return options | ({"detector": "edge"} if options.get("detector") in _PAID else {})


def _with_picture(media_type: str | None, fields: Any) -> Any:
    """Send a picture in a form instead of any other bytes."""
    is_form = media_type == "multipart/form-data" and isinstance(fields, dict) and "file" in fields
    return fields | {"file": photograph("cat")} if is_form else fields


def _known_model(fields: Any) -> Any:
    """Name a bundled model instead of any other: a schema cannot say which models there are."""
    if not isinstance(fields, dict):
        return fields
    nested = {name: _known_model(value) for name, value in fields.items() if name == "options"}
    return fields | nested | ({"model": "animals"} if isinstance(fields.get("model"), str) else {})


def _few_events(body: dict[str, Any]) -> dict[str, Any]:
    """Subscribe to few events: else hundreds of webhooks would be notified of hundreds of images."""
    events = body.get("events", [])
    valid = isinstance(events, list) and all(event in TYPES for event in events)
    return {"events": [str(DISABLED)]} if valid else {}


def _without(fields: Any, name: str) -> dict[str, Any]:
    return {field: value for field, value in (fields or {}).items() if field != name}


def _acceptable(query: Any) -> Any:
    """Remove the cursor, name an existing model, put days in order, and search labels by what the index holds."""
    known = _without(query, "cursor")
    model = {"model": "animals"} if "model" in known else {}
    return _printable(known | model | _in_order(known) | _findable(known))


def _printable(value: Any) -> Any:
    """Keep printable characters, which no JSON Schema pattern matches in every dialect."""
    if isinstance(value, dict):
        return {name: _printable(value) for name, value in value.items()}
    if isinstance(value, list):
        return [_printable(value) for value in value]
    return "".join(letter if letter.isprintable() else "?" for letter in value) if isinstance(value, str) else value


def _findable(query: dict[str, Any]) -> dict[str, str]:
    """Return a confidence by which labels are found: a schema cannot say that it depends on another parameter."""
    return {"min_confidence": "0.5"} if {"label", "min_confidence"} <= query.keys() else {}


def _in_order(query: dict[str, Any]) -> dict[str, str]:
    if not {"since", "until"} <= query.keys():
        return {}
    since = min(date.fromisoformat(query["since"]), date(2500, 1, 1))
    return {"since": since.isoformat(), "until": (since + timedelta(days=30)).isoformat()}
