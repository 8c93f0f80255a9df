"""Entries, their DynamoDB rows and their JSON form."""

from dataclasses import replace
from typing import Any

import pytest

from domain.options import Options
from domain.recognition import Box, Detection, Outcome, Rejection
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from tests.builders import image, recognition

AT = "2026-11-20T17:00:01.000Z"


@pytest.mark.parametrize("outcome", [recognition(), Rejection("empty", "It is empty.")])
@pytest.mark.parametrize("more", [{}, {"tries": 3, "request": "rcg_1", "reused_from": "img_2"}])
def test_an_item_is_read_as_it_was_written(outcome: Outcome, more: dict[str, object]) -> None:
    whole = Entry(image(), outcome, AT, Options(model="animals", top_k=3), **more)  # type: ignore[arg-type]
    assert Entry.from_item(whole.to_item()) == whole


def test_a_row_holds_its_key_its_order_and_a_body() -> None:
    assert set(Entry(image(), recognition(), AT, Options()).to_item()) == {"owner", "image_id", "sequencer", "body"}


def test_an_index_row_of_fifty_boxed_detections_stays_below_a_kilobyte() -> None:
    boxes = tuple(Detection(f"label {n}", round(0.9 - n / 100, 2), Box(0.1, 0.2, 0.3, 0.4)) for n in range(50))
    entry = Entry(image(owner="0193f2a5-c0ff-4011-8233"), replace(recognition(), detections=boxes), AT, Options())
    for row in index_rows.rows(entry):
        values: list[Any] = [next(iter(value.values())) for value in row.values()]
        assert sum(map(len, (*row, *values))) < 1024
        assert Entry.from_item(row) == entry


def test_the_entry_of_a_request_sorts_after_the_upload_s_and_before_a_new_version_s() -> None:
    upload = Entry(image(sequencer="0A"), recognition(), AT, Options())
    first, second = (replace(upload, request=f"rcg_{n}") for n in (1, 2))
    newer = replace(upload, image=image(sequencer="0A01"))
    assert upload.order < first.order < second.order < newer.order < "~"


def test_optional_fields_are_shown_if_they_have_a_value() -> None:
    plain = Entry(image(), recognition(), AT, Options())
    body = replace(plain, request="rcg_1", reused_from="img_2").to_dict()
    assert {name: body[name] for name in set(body) - set(plain.to_dict())} == {
        "request": "rcg_1",
        "reused_from": "img_2",
    }
