"""A worker that dies between any two of its writes loses nothing, and counts and pays for nothing twice."""

from dataclasses import replace

import pytest

from domain.recognition import Detection, Recognition
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from tests.builders import recognition
from tests.recognition.conftest import Account
from tests.recognition.recognize.test_recognize import CAT_ROWS
from tests.recognition.recognize.world import ANN, IDS, KEY, CrashError, World, request_for


@pytest.fixture
def world(account: Account) -> World:
    """Return a worker and its stores."""
    return World(account)


def horse() -> Recognition:
    """Return another result."""
    return replace(recognition(), detections=(Detection("horse", 0.6),))


def test_a_crash_between_the_entry_and_its_index_rows(world: World) -> None:
    world.crash_before("BatchWriteItem", request_for())
    assert world.entry().status == "recognized"
    assert (world.partitions(), world.published) == (set(), [])
    assert world.recognize(request_for()) == {request_for()}
    assert world.detector.asked == [IDS[0]]
    assert world.partitions() == CAT_ROWS
    assert len(world.published) == 1


def test_a_crash_between_the_index_rows_and_the_counters(world: World) -> None:
    world.crash_before("UpdateItem", request_for())
    assert world.recognize(request_for()) == {request_for()}
    assert world.account.rows("usage") == []  # too little rather than twice
    assert len(world.published) == 1


def test_a_crash_between_the_counters_and_the_event(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(events: object) -> set[str]:
        raise CrashError

    with monkeypatch.context() as patch:
        patch.setattr(world, "publish", die)
        with pytest.raises(CrashError):
            world.recognize(request_for())
    assert world.recognize(request_for()) == {request_for()}
    assert world.counters() == {"uploads": 1, "recognized": 1}
    assert len(world.published) == 1


def test_a_crash_before_the_entry_is_stored_leaves_nothing(world: World) -> None:
    world.crash_before("BatchExecuteStatement", request_for())
    assert [world.account.rows(table) for table in ("recognitions", "index", "answers", "usage")] == [[], [], [], []]
    assert world.recognize(request_for()) == {request_for()}


def test_the_index_rows_of_a_replaced_entry_are_deleted_after_a_crash(world: World) -> None:
    world.recognize(request_for())
    world.detector.outcomes[IDS[0]] = horse()
    again = request_for(request="rcg_1", model="animals")
    world.crash_before("BatchWriteItem", again)
    assert world.partitions() == CAT_ROWS
    world.recognize(again)
    assert world.partitions() == {"label/0.5/horse", "detector/edge"}


def test_the_index_rows_of_the_entry_before_last_are_deleted_after_two_crashes(world: World) -> None:
    world.recognize(request_for())
    world.detector.outcomes[IDS[0]] = horse()
    world.crash_before("BatchWriteItem", request_for(request="rcg_1", model="animals"))
    world.detector.outcomes[IDS[0]] = replace(horse(), detections=(Detection("goat", 0.1),))
    world.recognize(request_for(request="rcg_2", model="animals"))
    assert world.partitions() == {"detector/edge"}


def test_a_result_of_two_simultaneous_deliveries_is_stored_and_counted_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = World(world.account)
    look_up = world.recognitions.look_up

    def overtaken(images: object, answers: object) -> object:
        found = look_up(images, answers)  # type: ignore[arg-type]
        monkeypatch.setattr(world.recognitions, "look_up", look_up)
        first.recognize(request_for())
        return found

    monkeypatch.setattr(world.recognitions, "look_up", overtaken)
    assert world.recognize(request_for()) == {request_for()}
    assert world.counters() == {"uploads": 1, "recognized": 1}
    assert {event.event_id for event in world.published} == {event.event_id for event in first.published}
    assert world.published[0].timestamp == first.published[0].timestamp


def test_an_entry_replaced_before_it_is_indexed_leaves_no_index_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, rows = World(world.account), index_rows.rows

    def overtaken(entry: object, **detector: bool) -> object:
        monkeypatch.setattr(index_rows, "rows", rows)
        world.detector.outcomes[IDS[0]] = horse()
        world.recognize(request_for(request="rcg_1", model="animals"))
        return rows(entry, **detector)  # type: ignore[arg-type]

    monkeypatch.setattr(index_rows, "rows", overtaken)
    slow.recognize(request_for())
    assert world.partitions() == {"label/0.5/horse", "detector/edge"}
    (row,) = [row for row in world.account.rows("index") if row["found_by"]["S"] == f"{ANN}/detector/edge"]
    assert Entry.from_item(row).outcome == horse()


@pytest.mark.parametrize("detector", ["edge", "rekognition"])
def test_an_image_erased_before_it_is_indexed_leaves_nothing_and_is_not_published(
    account: Account, detector: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, rows = World(account, detector), index_rows.rows

    def erased(entry: object, **detector: bool) -> object:
        world.tombstones.mark(KEY, 1)
        world.tombstones.put(KEY, 1)
        return rows(entry, **detector)  # type: ignore[arg-type]

    monkeypatch.setattr(index_rows, "rows", erased)
    assert world.recognize(request_for()) == {request_for()}
    assert [world.account.rows(table) for table in ("index", "answers")] == [[], []]
    assert world.published == []


def test_an_erased_image_stays_erased_despite_queued_messages(world: World) -> None:
    world.tombstones.put(KEY, 1)
    late = request_for(sequencer="0F"), request_for(IDS[0], request="rcg_1")
    for request in late:
        assert world.recognize(request) == {request}
    assert world.detector.asked == []
    assert [row["sequencer"] for row in world.account.rows()] == [{"S": "~"}]
    assert (world.published, world.partitions()) == ([], set())


def test_an_image_erased_while_a_detector_is_asked_stays_erased(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    detect = world.detector.detect

    def erased(*arguments: object) -> object:
        world.tombstones.put(KEY, 1)
        return detect(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(world.detector, "detect", erased)
    assert world.recognize(request_for()) == {request_for()}
    assert world.recognitions.get(ANN, IDS[0]) is None
    assert (world.published, world.partitions(), world.account.rows("usage")) == ([], set(), [])
