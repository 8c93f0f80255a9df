"""A function that dies between any two of its writes loses nothing, and counts and pays for nothing twice."""

from dataclasses import replace

import pytest

from domain.recognition import Detection, Recognition
from recognition.results.runtime import index_rows
from tests.builders import recognition
from tests.recognition.conftest import Account
from tests.recognition.recognize.books import ANN, IDS, CrashError, World, question
from tests.recognition.recognize.test_recognize import CAT_ROWS


@pytest.fixture
def world(account: Account) -> World:
    """All that it touches."""
    return World(account)


def horse() -> Recognition:
    """Another answer."""
    return replace(recognition(), detections=(Detection("horse", 0.6),))


def test_between_the_answer_and_what_finds_it(world: World) -> None:
    world.crashing_before("BatchWriteItem", question())
    assert world.entry().status == "recognized"
    assert (world.found_by(), world.told) == (set(), [])
    assert world.recognize(question()) == {question()}
    assert world.detector.asked == [IDS[0]]
    assert world.found_by() == CAT_ROWS
    assert len(world.told) == 1


def test_between_what_finds_it_and_the_counters(world: World) -> None:
    world.crashing_before("UpdateItem", question())
    assert world.recognize(question()) == {question()}
    assert world.account.rows("usage") == []  # rather too little than twice
    assert len(world.told) == 1


def test_between_the_counters_and_the_announcement(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(events: object) -> set[str]:
        raise CrashError

    with monkeypatch.context() as patch:
        patch.setattr(world, "announce", die)
        with pytest.raises(CrashError):
            world.recognize(question())
    assert world.recognize(question()) == {question()}
    assert world.counted() == {"uploads": 1, "recognized": 1}
    assert len(world.told) == 1


def test_before_the_answer_is_kept_nothing_is_there_to_be_found(world: World) -> None:
    world.crashing_before("TransactWriteItems", question())
    assert [world.account.rows(table) for table in ("recognitions", "index", "answers", "usage")] == [[], [], [], []]
    assert world.recognize(question()) == {question()}


def test_rows_of_a_replaced_answer_go_although_the_function_died_before_it_could(world: World) -> None:
    world.recognize(question())
    world.detector.said[IDS[0]] = horse()
    again = question(request="rcg_1", model="animals")
    world.crashing_before("BatchWriteItem", again)
    assert world.found_by() == CAT_ROWS
    world.recognize(again)
    assert world.found_by() == {"label/0/horse", "label/0.5/horse", "seen/0.5", "detector/edge"}


def test_rows_of_the_answer_before_last_go_although_both_later_ones_died(world: World) -> None:
    world.recognize(question())
    world.detector.said[IDS[0]] = horse()
    world.crashing_before("BatchWriteItem", question(request="rcg_1", model="animals"))
    world.detector.said[IDS[0]] = replace(horse(), detections=(Detection("goat", 0.1),))
    world.recognize(question(request="rcg_2", model="animals"))
    assert world.found_by() == {"label/0/goat", "detector/edge"}


def test_an_answer_that_two_deliveries_reached_at_once_is_kept_and_counted_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = World(world.account)
    look_up = world.kept.look_up

    def overtaken(images: object, answers: object) -> object:
        seen = look_up(images, answers)  # type: ignore[arg-type]
        monkeypatch.setattr(world.kept, "look_up", look_up)
        first.recognize(question())
        return seen

    monkeypatch.setattr(world.kept, "look_up", overtaken)
    assert world.recognize(question()) == {question()}
    assert world.counted() == {"uploads": 1, "recognized": 1}
    assert {event.event_id for event in world.told} == {event.event_id for event in first.told}
    assert world.told[0].timestamp == first.told[0].timestamp


def test_an_answer_replaced_before_it_could_be_found_leaves_no_rows_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, rows = World(world.account), index_rows.rows

    def overtaken(entry: object) -> object:
        monkeypatch.setattr(index_rows, "rows", rows)
        world.detector.said[IDS[0]] = horse()
        world.recognize(question(request="rcg_1", model="animals"))
        return rows(entry)  # type: ignore[arg-type]

    monkeypatch.setattr(index_rows, "rows", overtaken)
    slow.recognize(question())
    assert world.found_by() == {"label/0/horse", "label/0.5/horse", "seen/0.5", "detector/edge"}
    (row,) = [row for row in world.account.rows("index") if row["found_by"]["S"] == f"{ANN}/detector/edge"]
    assert row["confidence"]["N"] == "0.6"


def test_an_answer_erased_before_it_could_be_found_leaves_nothing_and_is_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = index_rows.rows

    def erased(entry: object) -> object:
        world.kept.bury(ANN, IDS[0], 1)
        world.kept.seal(ANN, IDS[0], 1)
        return rows(entry)  # type: ignore[arg-type]

    monkeypatch.setattr(index_rows, "rows", erased)
    assert world.recognize(question()) == {question()}
    assert [world.account.rows(table) for table in ("index", "answers")] == [[], []]
    assert world.told == []


def test_an_erased_image_stays_erased_whatever_is_still_queued(world: World) -> None:
    world.kept.seal(ANN, IDS[0], 1)
    late = question(sequencer="0F"), question(IDS[0], request="rcg_1")
    for each in late:
        assert world.recognize(each) == {each}
    assert world.detector.asked == []
    assert [row["sequencer"] for row in world.account.rows()] == [{"S": "~"}]
    assert (world.told, world.found_by()) == ([], set())


def test_an_image_erased_while_it_was_looked_at_stays_erased(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    detect = world.detector.detect

    def erased(*asked: object) -> object:
        world.kept.seal(ANN, IDS[0], 1)
        return detect(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(world.detector, "detect", erased)
    assert world.recognize(question()) == {question()}
    assert world.kept.get(ANN, IDS[0]) is None
    assert (world.told, world.found_by(), world.account.rows("usage")) == ([], set(), [])
