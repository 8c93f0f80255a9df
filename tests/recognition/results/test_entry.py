"""An Entry and its item."""

import json
from dataclasses import replace

import pytest

from domain.options import Options
from domain.recognition import Box, Detection, Outcome, Rejection
from recognition.results.runtime.entry import Entry
from tests.builders import image, recognition

AT = "2026-11-20T17:00:01.000Z"


@pytest.mark.parametrize("outcome", [recognition(), Rejection("empty", "It is empty.")])
@pytest.mark.parametrize("more", [{}, {"tries": 3, "request": "rcg_1", "reused_from": "img_2"}])
def test_an_entry_survives_its_item(outcome: Outcome, more: dict[str, object]) -> None:
    whole = Entry(image(), outcome, AT, Options(model="animals", top_k=3), **more)  # type: ignore[arg-type]
    assert Entry.from_item(whole.to_item()) == whole


def test_an_item_does_not_say_what_goes_without_saying() -> None:
    said = json.loads(Entry(image(), recognition(), AT, Options()).to_item()["said"]["S"])
    assert set(said) == {"image", "outcome", "options"}
    assert said["options"] == {}
    assert not {"owner", "image_id", "has_options"} & said["image"].keys()


def test_a_row_that_finds_an_image_stays_small_however_much_was_seen() -> None:
    boxes = tuple(Detection(f"label {n}", round(0.9 - n / 100, 2), Box(0.1, 0.2, 0.3, 0.4)) for n in range(40))
    entry = Entry(image(), replace(recognition(), detections=boxes), AT, Options())
    row = entry.to_item(shapes=False)
    assert sum(len(name) + len(next(iter(value.values()))) for name, value in row.items()) < 1024
    assert len(entry.to_item()["said"]["S"]) > 2048
    assert Entry.from_item(row) == entry


def test_an_item_written_before_there_were_wishes_and_contents_can_be_read() -> None:
    entry = Entry(replace(image(), content=""), recognition(), AT, Options())
    item = entry.to_item()
    fields = {name: getattr(entry.image, name) for name in entry.image.__slots__ if name != "content"}
    options = dict.fromkeys(Options.__slots__)
    said = {"image": fields, "outcome": recognition().to_dict(), "options": options}
    assert Entry.from_item(item | {"said": {"S": json.dumps(said)}}) == entry


def test_a_wish_s_answer_is_newer_than_the_arrival_s_and_older_than_a_new_version_s() -> None:
    arrival = Entry(image(sequencer="0A"), recognition(), AT, Options())
    wish, later = (replace(arrival, request=f"rcg_{n}") for n in (1, 2))
    newer = replace(arrival, image=image(sequencer="0A01"))
    assert arrival.order < wish.order < later.order < newer.order < "~"


def test_what_is_seldom_is_shown_when_there_is_some() -> None:
    plain = Entry(image(), recognition(), AT, Options())
    told = replace(plain, request="rcg_1", reused_from="img_2").to_dict()
    assert {name: told[name] for name in set(told) - set(plain.to_dict())} == {
        "request": "rcg_1",
        "reused_from": "img_2",
    }
