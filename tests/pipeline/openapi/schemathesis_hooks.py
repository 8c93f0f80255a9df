"""What schemathesis cannot know: that no URL may lead off this machine, and what of a valid request is there."""

import os
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from hypothesis import strategies as st

from domain.event import DISABLED, TYPES
from tests.photographs import photograph

PHOTOS = os.environ["SIGHTLINE_PHOTOS"]
IMAGE_IDS = os.environ["SIGHTLINE_IMAGE_IDS"].split(",")
LONGEST_URL = 2048

schemathesis.openapi.media_type("image/*", st.sampled_from([photograph("cat"), photograph("coffee")]))


@schemathesis.hook
def before_generate_path_parameters(context: Any, strategy: Any) -> Any:
    """Half of the ids are of images that are there."""
    if "{image_id}" not in context.operation.path or context.operation.method == "delete":
        return strategy
    known = st.sampled_from(IMAGE_IDS).map(lambda image_id: {"image_id": image_id})
    return st.one_of(strategy, known)


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Nothing that is wrong by its content type alone: the first bytes tell pictures and JSON."""
    return case.meta is None or "Content-Type" not in (case.meta.phase.data.description or "")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Change what would lead off this machine or cost much; of a valid request also what only looks valid."""
    query, body = _harmless(case.query), _harmless(case.body)
    if case.media_type == "application/json":
        query = _without(query, "name")  # the body has a field for it
    if "/webhooks" in case.path and isinstance(body, dict):
        body |= _told_little(body)
    if case.meta and case.meta.generation.mode.is_positive:
        query, body = _answerable(query), _printable(body)
    if query != case.query:
        case.query = query
    if body != case.body:
        case.body = body


def _harmless(sent: Any) -> Any:
    if not isinstance(sent, dict):
        return sent
    kept = {name: _led_here(value) if name == "url" else value for name, value in sent.items()}
    return kept | {name: _unpaid(said) for name, said in kept.items() if isinstance(said, dict)}


def _led_here(url: Any) -> Any:
    """The photographs' server in place of every other; what is no URL stays, for it has to be refused."""
    if not isinstance(url, str) or len(url) > LONGEST_URL or urlsplit(url).scheme.lower() not in ("http", "https"):
        return url
    return f"{PHOTOS}/cat.png"


def _unpaid(options: dict[str, Any]) -> dict[str, Any]:
    """This machine has no Rekognition."""
    return options | ({"detector": "edge"} if options.get("detector") in ("rekognition", "cascade") else {})


def _told_little(wish: dict[str, Any]) -> dict[str, Any]:
    """Else hundreds of webhooks would be told of hundreds of images."""
    events = wish.get("events", [])
    valid = isinstance(events, list) and all(event in TYPES for event in events)
    return {"events": [DISABLED]} if valid else {}


def _without(sent: Any, name: str) -> dict[str, Any]:
    return {value: said for value, said in (sent or {}).items() if value != name}


def _answerable(query: Any) -> Any:
    """No cursor but one that was handed out, a model that is there, days in their order."""
    known = _without(query, "cursor")
    return _printable(known | ({"model": "animals"} if "model" in known else {}) | _in_order(known))


def _printable(said: Any) -> Any:
    """Unicode's printable characters, which no pattern of JSON Schema's can tell in every dialect."""
    if isinstance(said, dict):
        return {name: _printable(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_printable(value) for value in said]
    return "".join(item if item.isprintable() else "?" for item in said) if isinstance(said, str) else said


def _in_order(query: dict[str, Any]) -> dict[str, str]:
    if not {"since", "until"} <= query.keys():
        return {}
    since = min(date.fromisoformat(query["since"]), date(2500, 1, 1))
    return {"since": since.isoformat(), "until": (since + timedelta(days=30)).isoformat()}
