"""The index rows of entries, and the keys of those to delete."""

from dataclasses import replace
from itertools import permutations

import pytest

from domain.options import Options
from domain.recognition import Detection, Model, Recognition, Rejection
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.index_rows import MOST_LABELS, IndexTable
from tests.builders import image, recognition

AT = "2026-11-20T17:00:01.000Z"


def entry(*labels: tuple[str, float]) -> Entry:
    """Return the entry of a recognized image with these labels."""
    detections = tuple(Detection(label, confidence) for label, confidence in labels)
    return Entry(image(owner="ann"), Recognition("edge", Model("m", "1", ""), detections, 3), AT, Options())


def test_a_label_has_a_row_at_every_floor_that_it_reaches() -> None:
    assert index_rows.partitions(entry(("Cat", 0.97), ("dog", 0.5), ("bird", 0.49))) == [
        "ann/seen/0.9",
        "ann/detector/edge",
        "ann/label/0.5/cat",
        "ann/label/0.9/cat",
        "ann/label/0.5/dog",
    ]


def test_only_a_deployment_with_several_detectors_has_rows_by_detector() -> None:
    found = {
        names: IndexTable.of("index", names.split(",")).by_detector
        for names in ("edge", "edge,rekognition,cascade,moderation", "rekognition,edge", "edge,cascade")
    }
    assert list(found.values()) == [False, True, True, False]
    assert index_rows.partitions(entry(("cat", 0.97)), detector=False) == [
        "ann/seen/0.9",
        "ann/label/0.5/cat",
        "ann/label/0.9/cat",
    ]


def test_an_image_is_found_by_its_surest_labels_only() -> None:
    labels = [(f"label {n}", 0.99 - n / 100) for n in range(MOST_LABELS + 5)]
    found = [key for key in index_rows.partitions(entry(*labels)) if "/label/0.5/" in key]
    assert found == [f"ann/label/0.5/label {n}" for n in range(MOST_LABELS)]


def test_a_stored_entry_has_the_rows_that_were_written_for_it() -> None:
    """Labels of the same rounded confidence come in another order from a row, and one of them is one too many."""
    tied = [(f"label {n}", 0.70001 + n % 7 / 1e6) for n in range(MOST_LABELS + 1)]
    new = entry(*tied)
    assert index_rows.partitions(Entry.from_item(new.to_item())) == index_rows.partitions(new)


def test_the_highest_confidence_applies_when_a_label_occurs_twice_in_any_case() -> None:
    for labels in permutations([("cat", 0.3), ("CAT", 0.6), ("cat", 0.1)]):
        assert index_rows.partitions(entry(*labels)) == ["ann/detector/edge", "ann/label/0.5/cat"]


def test_unknown_has_label_rows_and_no_certainty_row() -> None:
    partitions = index_rows.partitions(entry(("unknown", 0.95), ("cat", 0.2)))
    assert partitions == ["ann/detector/edge", "ann/label/0.5/unknown", "ann/label/0.9/unknown"]


def test_the_floor_of_a_confidence_is_that_of_its_rounded_value() -> None:
    partitions = index_rows.partitions(entry(("cat", 0.89996), ("dog", 0.49996)))
    assert {"ann/seen/0.9", "ann/label/0.9/cat", "ann/label/0.5/dog"} <= set(partitions)


def test_a_rejected_image_has_one_row() -> None:
    rejected = replace(entry(), outcome=Rejection("empty", "It is empty."))
    (row,) = index_rows.rows(rejected)
    assert row["found_by"]["S"] == "ann/status/rejected"
    assert Entry.from_item(row) == rejected


def test_an_index_row_is_read_as_the_entry_without_shapes() -> None:
    outlined = Detection("cat", 0.97, outline=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),))
    whole = replace(entry(), outcome=replace(recognition(), detections=(outlined,)))
    plain = replace(entry(), outcome=replace(recognition(), detections=(Detection("cat", 0.97),)))
    assert [Entry.from_item(row) for row in index_rows.rows(whole)] == [plain] * len(index_rows.partitions(whole))


def test_a_search_uses_the_highest_floor_that_is_not_above_its_confidence() -> None:
    assert [index_rows.floor(least) for least in (0, 0.49, 0.5, 0.89, 0.9, 1)] == [None, None, 0.5, 0.5, 0.9, 0.9]


def test_the_stale_keys_of_a_replaced_entry_are_those_that_the_new_one_lacks() -> None:
    written = index_rows.partitions(entry(("cat", 0.6), ("dog", 0.3)), detector=False)
    stale = [key["found_by"]["S"] for key in index_rows.keys(entry(("cat", 0.97)), without=written)]
    assert stale == ["ann/detector/edge", "ann/label/0.9/cat", "ann/seen/0.9"]


@pytest.mark.parametrize("label", ["ß" * 3000, "\U0001f408" * 3000, "cat\ud800", "\udc00\ud83d", "a\x00b", ""])
def test_a_label_of_any_text_has_a_key_that_dynamodb_accepts(label: str) -> None:
    (key, *_) = [key for key in index_rows.partitions(entry((label, 0.6))) if "/label/" in key]
    assert 0 < len(key.encode()) < 2048
    assert key == index_rows.by_label("ann", label, 0.5)


def test_labels_that_share_a_key_share_a_row() -> None:
    partitions = index_rows.partitions(entry(("x" * 300, 0.6), ("x" * 301, 0.7)))
    assert len(partitions) == len(set(partitions)) == 2
