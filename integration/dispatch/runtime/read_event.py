"""Read the Event in a message of the events queue, and check every field that dispatch relies on."""

from collections.abc import Mapping
from typing import Any

from domain.event import ERASED, RECOGNIZED, Event

_LONGEST = {"event_id": 100, "type": 100, "timestamp": 100, "owner": 1000}
"""Bytes; keys of the delivery log contain these texts, and DynamoDB refuses all rows of a call for one key too long."""


class EventError(ValueError):
    """A message holds no event, so that no further try can help."""


def read_event(body: str) -> Event:
    """Return the event; raises EventError if the body is not JSON or has another shape."""
    try:
        event = Event.from_json(body)
        # a lone surrogate fits into JSON, but not into UTF-8
        lengths = {name: len(str.encode(getattr(event, name))) for name in _LONGEST}
    except (RecursionError, TypeError, ValueError) as error:
        raise EventError("The message is not the JSON form of an event.") from error
    if any(not 0 < length <= _LONGEST[name] for name, length in lengths.items()) or not isinstance(event.data, Mapping):
        raise EventError("An event has texts and an object.")
    _check_data(event.type, event.data)
    return event


def _check_data(kind: str, data: Mapping[str, Any]) -> None:
    if kind == ERASED and not _is_text(data.get("image_id")):
        raise EventError(f"An event {ERASED} names an image.")
    image_id = data.get("image_id", "")
    if not isinstance(image_id, str) or not image_id.isascii() or len(image_id) > _LONGEST["event_id"]:
        raise EventError("The id of an image is a text.")
    if kind == RECOGNIZED and not _has_detections(data.get("recognition")):
        raise EventError(f"An event {RECOGNIZED} has a recognition with a list of detections.")


def _has_detections(recognition: object) -> bool:
    if not isinstance(recognition, Mapping) or not isinstance(recognition.get("detections"), list):
        return False
    return all(map(_is_detection, recognition["detections"]))


def _is_detection(detection: object) -> bool:
    if not isinstance(detection, Mapping):
        return False
    return isinstance(detection.get("label"), str) and isinstance(detection.get("confidence"), int | float)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
