"""The index rows of entries, and the keys of those to delete."""

from dataclasses import replace

from domain.options import Options
from domain.recognition import Detection, Model, Recognition, Rejection
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from tests.builders import image, recognition

AT = "2026-11-20T17:00:01.000Z"


def entry(*labels: tuple[str, float]) -> Entry:
    """Return the entry of a recognized image with these labels."""
    detections = tuple(Detection(label, confidence) for label, confidence in labels)
    return Entry(image(owner="ann"), Recognition("edge", Model("m", "1", ""), detections, 3), AT, Options())


def test_a_label_has_a_row_at_every_floor_that_it_reaches() -> None:
    assert index_rows.partitions(entry(("Cat", 0.97), ("dog", 0.5), ("bird", 0.02))) == {
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


def test_the_highest_confidence_applies_when_a_label_occurs_twice_in_any_case() -> None:
    assert index_rows.partitions(entry(("cat", 0.3), ("CAT", 0.6), ("cat", 0.1)))["ann/label/0.5/cat"] == 0.6


def test_unknown_has_label_rows_and_no_certainty_rows() -> None:
    partitions = index_rows.partitions(entry(("unknown", 0.95), ("cat", 0.2)))
    assert partitions["ann/label/0.9/unknown"] == 0.95
    assert partitions["ann/detector/edge"] == 0.2
    assert not [partition for partition in partitions if partition.startswith("ann/seen")]


def test_the_floor_of_a_confidence_is_that_of_its_rounded_value() -> None:
    assert "ann/seen/0.9" in index_rows.partitions(entry(("cat", 0.89996)))


def test_a_rejected_image_has_one_row_with_neither_detector_nor_confidence() -> None:
    rejected = replace(entry(), outcome=Rejection("empty", "It is empty."))
    (row,) = index_rows.rows(rejected)
    assert row["found_by"]["S"] == "ann/status/rejected"
    assert not {"detector", "confidence"} & row.keys()
    assert Entry.from_item(row) == rejected


def test_an_index_row_is_read_as_the_entry_without_shapes() -> None:
    outlined = Detection("cat", 0.97, outline=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),))
    whole = replace(entry(), outcome=replace(recognition(), detections=(outlined,)))
    plain = replace(entry(), outcome=replace(recognition(), detections=(Detection("cat", 0.97),)))
    assert [Entry.from_item(row) for row in index_rows.rows(whole)] == [plain] * len(index_rows.partitions(whole))
    assert {row["detector"]["S"] for row in index_rows.rows(whole)} == {"edge"}


def test_a_search_uses_the_highest_floor_that_is_not_above_its_confidence() -> None:
    assert [index_rows.floor(least) for least in (0, 0.49, 0.5, 0.89, 0.9, 1)] == ["0", "0", "0.5", "0.5", "0.9", "0.9"]


def test_the_stale_keys_of_a_replaced_entry_are_those_that_the_new_one_lacks() -> None:
    stale = index_rows.keys(entry(("cat", 0.97)), without=entry(("cat", 0.6), ("dog", 0.3)))
    assert [key["found_by"]["S"] for key in stale] == ["ann/label/0.9/cat", "ann/seen/0.9"]


def test_a_label_of_any_length_has_a_key_that_dynamodb_accepts() -> None:
    (longest,) = [key for key in index_rows.partitions(entry(("ß" * 3000, 0.1))) if "/label/" in key]
    assert len(longest.encode()) < 2048
    assert longest == index_rows.by_label("ann", "ß" * 3000, "0")
