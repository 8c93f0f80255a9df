"""Recognizing a batch: entries, index rows, counters and events."""

from dataclasses import replace

import pytest

from domain.recognition import Detection, Rejection
from recognition.recognize.runtime.request import RecognitionRequest
from recognition.results.runtime import index_rows
from tests.builders import recognition
from tests.recognition.conftest import Account
from tests.recognition.recognize.world import ANN, IDS, World, request_for

CAT_ROWS = {"label/0.5/cat", "label/0.9/cat", "seen/0.9", "detector/edge"}


@pytest.fixture
def world(account: Account) -> World:
    """Return a worker and its stores."""
    return World(account)


def test_an_image_is_stored_indexed_counted_and_published(world: World) -> None:
    assert world.recognize(request_for()) == {request_for()}
    assert world.entry().status == "recognized"
    assert world.partitions() == CAT_ROWS
    assert world.counters() == {"uploads": 1, "recognized": 1}
    assert [event.type for event in world.published] == ["image.recognized"]


def test_a_rejected_image_is_indexed_as_rejected(world: World) -> None:
    world.detector.outcomes[IDS[0]] = Rejection("empty", "It is empty.")
    world.recognize(request_for())
    assert world.partitions() == {"status/rejected"}
    assert world.counters() == {"uploads": 1, "rejected": 1}
    assert world.account.rows("answers") == []


def test_a_repeated_message_asks_no_detector_counts_nothing_and_publishes_the_same_event(world: World) -> None:
    world.recognize(request_for())
    assert world.recognize(request_for()) == {request_for()}
    assert world.detector.asked == [IDS[0]]
    assert world.counters() == {"uploads": 1, "recognized": 1}
    assert len({event.event_id for event in world.published}) == 1
    assert len(world.published) == 2


def test_an_event_that_was_not_published_is_published_at_the_next_delivery(world: World) -> None:
    world.topic_down = True
    assert world.recognize(request_for()) == set()
    world.topic_down = False
    assert world.recognize(request_for()) == {request_for()}
    assert world.detector.asked == [IDS[0]]
    assert len(world.published) == 1


def test_an_older_version_that_arrives_late_is_finished_without_a_detector(world: World) -> None:
    newer, older = request_for(sequencer="0B"), request_for(sequencer="0A")
    world.recognize(newer)
    assert world.recognize(older) == {older}
    assert world.detector.asked == [IDS[0]]
    assert world.entry().image == newer.image


def test_a_newer_version_is_recognized_and_the_older_entry_is_an_earlier_one(world: World) -> None:
    older, newer = request_for(sequencer="0A"), request_for(sequencer="0B")
    world.recognize(older)
    world.recognize(newer)
    assert world.entry().image == newer.image
    assert [entry.image for entry in world.history.newest(world.entry())] == [older.image]


def test_an_image_without_an_outcome_is_not_finished_and_its_neighbor_is(world: World) -> None:
    world.detector.outcomes[IDS[0]] = None
    neighbor = request_for(IDS[1])
    assert world.recognize(request_for(), neighbor) == {neighbor}
    assert world.recognitions.get(ANN, IDS[0]) is None


def test_an_image_whose_entry_is_not_stored_is_not_finished_and_its_neighbor_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, neighbor = world.recognitions.add, request_for(IDS[1])
    with monkeypatch.context() as patch:
        patch.setattr(world.recognitions, "add", lambda entries, current: add(entries[1:], current))
        assert world.recognize(request_for(), neighbor) == {neighbor}
    assert len(world.published) == 1
    assert world.recognize(request_for(), neighbor) == {request_for(), neighbor}
    assert world.counters() == {"uploads": 2, "recognized": 2}


@pytest.mark.parametrize("label", ["cat\ud800", "\x00", "\U0001f408" * 2000])
def test_a_label_of_any_text_costs_no_neighbor(world: World, label: str) -> None:
    world.detector.outcomes[IDS[0]] = replace(recognition(), detections=(Detection(label, 0.97),))
    assert len(world.recognize(request_for(), request_for(IDS[1]))) == 2
    assert world.partitions(IDS[1]) == CAT_ROWS
    assert len(world.partitions(IDS[0])) == len(CAT_ROWS)
    assert world.entry().outcome == world.detector.outcomes[IDS[0]]


def test_an_index_row_that_is_refused_costs_no_other_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_rows, "by_certainty", lambda owner: "x" * 3000)
    assert len(world.recognize(request_for(), request_for(IDS[1]))) == 2
    assert world.partitions(IDS[0]) == world.partitions(IDS[1]) == CAT_ROWS - {"seen/0.9"}
    assert len(world.published) == 2


def test_an_image_with_invalid_options_is_rejected(world: World) -> None:
    world.rejections[IDS[0]] = Rejection("invalid_options", "top_k must be a whole number from 1 to 100.")
    assert world.recognize(request_for()) == {request_for()}
    assert world.detector.asked == []
    assert world.published[0].type == "image.rejected"
    assert world.published[0].data["rejection"]["code"] == "invalid_options"


def test_an_entry_has_the_number_of_its_message_s_deliveries(world: World) -> None:
    world.recognize(RecognitionRequest(request_for().image, tries=3))
    assert world.entry().tries == 3


def test_the_index_rows_of_an_older_entry_are_deleted(world: World) -> None:
    world.recognize(request_for())
    world.detector.outcomes[IDS[0]] = Rejection("empty", "It is empty.")
    world.recognize(request_for(sequencer="0B"))
    assert world.partitions() == {"status/rejected"}
