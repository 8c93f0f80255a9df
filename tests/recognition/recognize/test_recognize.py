"""The sentence the recognise function exists for: what is kept, found, counted and announced."""

import pytest

from domain.recognition import Rejection
from recognition.recognize.runtime.request import Question
from tests.recognition.conftest import Account
from tests.recognition.recognize.books import ANN, IDS, World, question

CAT_ROWS = {"label/0/cat", "label/0.5/cat", "label/0.9/cat", "label/0/dog", "seen/0.5", "seen/0.9", "detector/edge"}


@pytest.fixture
def world(account: Account) -> World:
    """All that it touches."""
    return World(account)


def test_an_image_is_kept_found_counted_and_announced(world: World) -> None:
    assert world.recognize(question()) == {question()}
    assert world.entry().status == "recognized"
    assert world.found_by() == CAT_ROWS
    assert world.counted() == {"uploads": 1, "recognized": 1}
    assert [event.type for event in world.told] == ["image.recognized"]


def test_a_rejected_image_is_found_as_one(world: World) -> None:
    world.detector.said[IDS[0]] = Rejection("empty", "It is empty.")
    world.recognize(question())
    assert world.found_by() == {"status/rejected"}
    assert world.counted() == {"uploads": 1, "rejected": 1}
    assert world.account.rows("answers") == []


def test_a_repeated_message_asks_nobody_counts_nothing_and_tells_the_same_event(world: World) -> None:
    world.recognize(question())
    assert world.recognize(question()) == {question()}
    assert world.detector.asked == [IDS[0]]
    assert world.counted() == {"uploads": 1, "recognized": 1}
    assert len({event.event_id for event in world.told}) == 1
    assert len(world.told) == 2


def test_what_could_not_be_announced_is_announced_at_the_next_delivery(world: World) -> None:
    world.topic_down = True
    assert world.recognize(question()) == set()
    world.topic_down = False
    assert world.recognize(question()) == {question()}
    assert world.detector.asked == [IDS[0]]
    assert len(world.told) == 1


def test_an_older_version_that_arrives_late_is_finished_with_unasked(world: World) -> None:
    newer, older = question(sequencer="0B"), question(sequencer="0A")
    world.recognize(newer)
    assert world.recognize(older) == {older}
    assert world.detector.asked == [IDS[0]]
    assert world.entry().image == newer.image


def test_a_newer_version_is_recognised_and_the_older_answer_put_aside(world: World) -> None:
    older, newer = question(sequencer="0A"), question(sequencer="0B")
    world.recognize(older)
    world.recognize(newer)
    assert world.entry().image == newer.image
    assert [each.image for each in world.history.newest(world.entry())] == [older.image]


def test_an_image_nobody_could_answer_comes_again_and_its_neighbour_is_done(world: World) -> None:
    world.detector.said[IDS[0]] = None
    neighbour = question(IDS[1])
    assert world.recognize(question(), neighbour) == {neighbour}
    assert world.kept.get(ANN, IDS[0]) is None


def test_an_image_whose_options_cannot_be_read_is_rejected_and_says_so(world: World) -> None:
    world.refused[IDS[0]] = Rejection("invalid_options", "top_k must be a whole number from 1 to 100.")
    assert world.recognize(question()) == {question()}
    assert world.detector.asked == []
    assert world.told[0].type == "image.rejected"
    assert world.told[0].data["rejection"]["code"] == "invalid_options"


def test_an_entry_says_how_often_its_message_had_been_tried(world: World) -> None:
    world.recognize(Question(question().image, tries=3))
    assert world.entry().tries == 3


def test_what_a_label_was_once_found_by_goes_when_a_newer_answer_sees_something_else(world: World) -> None:
    world.recognize(question())
    world.detector.said[IDS[0]] = Rejection("empty", "It is empty.")
    world.recognize(question(sequencer="0B"))
    assert world.found_by() == {"status/rejected"}
