"""The rows by which images are found, and the keys of those that go."""

from dataclasses import replace

from domain.options import Options
from domain.recognition import Detection, Model, Recognition, Rejection
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from tests.builders import image, recognition

AT = "2026-11-20T17:00:01.000Z"


def entry(*seen: tuple[str, float]) -> Entry:
    """A recognised image on which these labels were seen."""
    detections = tuple(Detection(label, confidence) for label, confidence in seen)
    return Entry(image(owner="ann"), Recognition("edge", Model("m", "1", ""), detections, 3), AT, Options())


def test_what_is_seen_lies_at_every_floor_it_reaches() -> None:
    assert index_rows.found_by(entry(("Cat", 0.97), ("dog", 0.5), ("bird", 0.02))) == {
        "ann/label/0/cat": 0.97,
        "ann/label/0.5/cat": 0.97,
        "ann/label/0.9/cat": 0.97,
        "ann/label/0/dog": 0.5,
        "ann/label/0.5/dog": 0.5,
        "ann/label/0/bird": 0.02,
        "ann/seen/0.5": 0.97,
        "ann/seen/0.9": 0.97,
        "ann/detector/edge": 0.97,
    }


def test_the_highest_confidence_counts_when_a_label_comes_twice_in_whatever_case() -> None:
    assert index_rows.found_by(entry(("cat", 0.3), ("CAT", 0.6), ("cat", 0.1)))["ann/label/0.5/cat"] == 0.6


def test_what_nobody_knows_is_found_by_its_label_and_not_as_a_thing_seen() -> None:
    found = index_rows.found_by(entry(("unknown", 0.95), ("cat", 0.2)))
    assert found["ann/label/0.9/unknown"] == 0.95
    assert found["ann/detector/edge"] == 0.2
    assert not [place for place in found if place.startswith("ann/seen")]


def test_a_confidence_lies_where_the_answer_that_callers_see_would() -> None:
    assert "ann/seen/0.9" in index_rows.found_by(entry(("cat", 0.89996)))


def test_a_rejected_image_has_one_row_with_neither_detector_nor_confidence() -> None:
    refused = replace(entry(), outcome=Rejection("empty", "It is empty."))
    (row,) = index_rows.rows(refused)
    assert row["found_by"]["S"] == "ann/status/rejected"
    assert not {"detector", "confidence"} & row.keys()
    assert Entry.from_item(row) == refused


def test_a_row_reads_as_the_entry_without_its_shapes() -> None:
    outlined = Detection("cat", 0.97, outline=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),))
    whole = replace(entry(), outcome=replace(recognition(), detections=(outlined,)))
    plain = replace(entry(), outcome=replace(recognition(), detections=(Detection("cat", 0.97),)))
    assert [Entry.from_item(row) for row in index_rows.rows(whole)] == [plain] * len(index_rows.found_by(whole))
    assert {row["detector"]["S"] for row in index_rows.rows(whole)} == {"edge"}


def test_a_search_starts_at_the_highest_floor_that_leaves_nothing_out() -> None:
    assert [index_rows.floor(least) for least in (0, 0.49, 0.5, 0.89, 0.9, 1)] == ["0", "0", "0.5", "0.5", "0.9", "0.9"]


def test_the_rows_of_an_answer_that_another_replaced_are_those_it_is_not_found_by_too() -> None:
    stale = index_rows.keys(entry(("cat", 0.97)), but=entry(("cat", 0.6), ("dog", 0.3)))
    assert [key["found_by"]["S"] for key in stale] == ["ann/label/0.9/cat", "ann/seen/0.9"]


def test_a_label_of_any_length_makes_a_key_that_dynamodb_takes() -> None:
    (longest,) = [place for place in index_rows.found_by(entry(("ß" * 3000, 0.1))) if "/label/" in place]
    assert len(longest.encode()) < 2048
    assert longest == index_rows.by_label("ann", "ß" * 3000, "0")
