"""Event: its id is the same for the same image version, detector and model version."""

import json
from dataclasses import replace

import pytest

from domain.event import Event
from domain.recognition import Box, Detection, Mask, Model, Rejection
from tests.builders import image, recognition

AT = "2026-11-20T17:00:01.000Z"


def test_the_same_recognition_is_the_same_event() -> None:
    first = Event.recognized(image(), recognition(), AT)
    later = Event.recognized(image(), replace(recognition(), duration_ms=99), "2026-11-20T18:00:00.000Z")
    assert first.event_id == later.event_id


def test_another_model_version_is_another_event() -> None:
    other = replace(recognition(), model=Model("animals", "2.0.0", "def"))
    assert Event.recognized(image(), recognition(), AT).event_id != Event.recognized(image(), other, AT).event_id


def test_the_outcome_of_another_request_is_another_event() -> None:
    arrived = Event.recognized(image(), recognition(), AT)
    first, second = (Event.recognized(image(), recognition(), AT, f"rcg_{n}") for n in (1, 2))
    assert len({event.event_id for event in (arrived, first, second)}) == 3
    assert ("request" in arrived.data, first.data["request"]) == (False, "rcg_1")


def test_the_event_of_an_erased_image_holds_only_its_id() -> None:
    erased = Event.erased("ann", image().image_id, AT)
    assert (erased.type, erased.owner, erased.data) == ("image.erased", "ann", {"image_id": image().image_id})


def test_an_event_survives_the_queue() -> None:
    event = Event.rejected(image("čičė.jpg"), Rejection("not_an_image", "No picture."), AT)
    assert Event.from_json(event.to_json()) == event


def test_an_event_has_no_outlines_and_masks() -> None:
    shaped = Detection("goat", 0.9, Box(0, 0, 1, 1), (((0, 0), (1, 0), (1, 1)),) * 100, Mask(500, 500, "0" * 50_000))
    event = Event.recognized(image(), replace(recognition(), detections=(shaped,)), AT)
    assert event.data["recognition"]["detections"] == [shaped.to_dict(shape=False)]


def test_an_event_stays_under_the_promised_20_kb() -> None:
    crowd = replace(recognition(), detections=tuple(Detection(f"label {n} " + "x" * 100, 0.5) for n in range(1000)))
    assert len(Event.recognized(image("猫" * 200), crowd, AT).to_json()) < 20_000


@pytest.mark.parametrize("letter", ["a", "ä", "\U0001f408"])
@pytest.mark.parametrize("length", [200, 3000, 30_000])
@pytest.mark.parametrize("count", [3, 20, 1000])
def test_an_event_of_any_labels_fits_and_says_what_it_leaves_out(letter: str, length: int, count: int) -> None:
    found = tuple(Detection(f"{n} {letter * length}", 0.9) for n in range(count))
    event = Event.recognized(image(), replace(recognition(), detections=(*found, Detection("cat", 0.1))), AT)
    kept = event.data["recognition"]["detections"]
    assert len(json.dumps(event.data)) < 20_000
    assert len(kept) + event.data.get("detections_left_out", 0) == count + 1
    assert count > 3 or "cat" in [detection["label"] for detection in kept]


def test_an_event_of_few_labels_leaves_out_nothing() -> None:
    assert "detections_left_out" not in Event.recognized(image(), recognition(), AT).data


def test_a_reason_of_any_length_fits() -> None:
    assert len(json.dumps(Event.rejected(image(), Rejection("x", "\U0001f408" * 100_000), AT).data)) < 20_000
