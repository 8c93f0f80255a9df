"""Reading an event: every field that dispatch relies on is checked before any call."""

from dataclasses import replace
from typing import Any

import pytest

from domain.event import ERASED, Event
from domain.recognition import Rejection
from integration.dispatch.runtime.read_event import EventError, read_event
from tests.builders import image, recognition

AT = "2026-11-20T17:00:01.000Z"
CAT = Event.recognized(image(), recognition(), AT)
DETECTION = {"label": "cat", "confidence": 0.9}


@pytest.mark.parametrize(
    "event",
    [
        CAT,
        Event.rejected(image(), Rejection("empty", "The file is empty."), AT),
        Event.erased("public", "img_1", AT),
        Event("evt_1", "webhook.disabled", AT, "public", {"webhook_id": "sub_1"}),
        Event("evt_1", "a.type.of.tomorrow", AT, "public", {}),
    ],
)
def test_an_event_is_read(event: Event) -> None:
    assert read_event(event.to_json()) == event


@pytest.mark.parametrize("body", ["", "not json", "null", "7", "[]", "{}", '"text"'])
def test_a_body_of_another_shape_is_no_event(body: str) -> None:
    with pytest.raises(EventError):
        read_event(body)


@pytest.mark.parametrize(
    "changed",
    [
        {"event_id": ""},
        {"event_id": "\ud800"},
        {"owner": 7},
        {"owner": None},
        {"type": ["image.recognized"]},
        {"timestamp": 1_800_000_000},
        {"data": []},
        {"data": None},
    ],
)
def test_a_field_of_another_type_is_no_event(changed: dict[str, Any]) -> None:
    with pytest.raises(EventError):
        read_event(replace(CAT, **changed).to_json())


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"image_id": 7, "recognition": {"detections": []}},
        {"recognition": None},
        {"recognition": {}},
        {"recognition": {"detections": None}},
        {"recognition": {"detections": [7]}},
        {"recognition": {"detections": [DETECTION, DETECTION | {"label": None}]}},
        {"recognition": {"detections": [DETECTION | {"confidence": "0.9"}]}},
    ],
)
def test_a_recognized_image_without_proper_detections_is_no_event(data: dict[str, Any]) -> None:
    with pytest.raises(EventError):
        read_event(replace(CAT, data=data).to_json())


@pytest.mark.parametrize("data", [{}, {"image_id": ""}, {"image_id": 7}])
def test_an_erasure_of_no_image_is_no_event(data: dict[str, Any]) -> None:
    with pytest.raises(EventError):
        read_event(Event("evt_1", ERASED, AT, "public", data).to_json())
