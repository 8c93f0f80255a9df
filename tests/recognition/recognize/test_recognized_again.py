"""An image looked at again: both answers are kept, in whatever order the wishes arrive."""

import pytest

from domain.options import Options
from domain.recognition import Model
from recognition.recognize.runtime.request import Question, rounds
from tests.builders import IMAGE_ID, s3_event
from tests.recognition.conftest import Account
from tests.recognition.recognize.books import ANN, IDS, World, question

FIRST, SECOND = question(request="rcg_1", model="animals"), question(request="rcg_2", model="livestock")


@pytest.fixture
def world(account: Account) -> World:
    """An image of ann's that has been answered."""
    world = World(account)
    world.recognize(question())
    return world


def requests(world: World) -> list[str]:
    """The requests that were answered, the one that stands first, then the earlier ones, the newest first."""
    return [world.entry().request, *(each.request for each in world.history.newest(world.entry()))]


def test_the_new_answer_stands_and_the_old_one_is_an_earlier_one(world: World) -> None:
    assert world.recognize(FIRST) == {FIRST}
    assert requests(world) == ["rcg_1", ""]
    assert world.entry().options == Options(model="animals")
    assert world.entry().earlier == 1


def test_it_is_announced_as_an_event_of_its_own_that_names_the_request(world: World) -> None:
    world.recognize(FIRST)
    arrived, again = world.told
    assert arrived.event_id != again.event_id
    assert (arrived.data.get("request"), again.data["request"]) == (None, "rcg_1")


def test_it_is_no_upload(world: World) -> None:
    world.recognize(FIRST)
    assert world.counted() == {"uploads": 1, "recognized": 2}


def test_a_wish_delivered_twice_is_answered_once(world: World) -> None:
    world.recognize(FIRST)
    assert world.recognize(FIRST) == {FIRST}
    assert requests(world) == ["rcg_1", ""]
    assert world.detector.asked == [IDS[0]] * 2
    assert len({event.event_id for event in world.told}) == 2


def test_a_wish_that_arrives_behind_a_later_one_is_answered_and_put_aside(world: World) -> None:
    world.recognize(SECOND)
    found = world.found_by()
    assert world.recognize(FIRST) == {FIRST}
    assert requests(world) == ["rcg_2", "rcg_1", ""]
    assert world.entry().earlier == 2
    assert world.found_by() == found
    assert [event.data.get("request") for event in world.told] == [None, "rcg_2", "rcg_1"]


def test_a_wish_put_aside_and_delivered_again_is_told_again_and_not_asked(world: World) -> None:
    world.recognize(SECOND)
    world.recognize(FIRST)
    assert world.recognize(FIRST) == {FIRST}
    assert requests(world) == ["rcg_2", "rcg_1", ""]
    assert len(world.detector.asked) == 3
    assert len({event.event_id for event in world.told}) == 3


def test_the_arrival_delivered_again_after_a_wish_changes_nothing(world: World) -> None:
    world.recognize(FIRST)
    assert world.recognize(question()) == {question()}
    assert requests(world) == ["rcg_1", ""]
    assert len(world.told) == 2


def test_what_people_said_stays_when_an_answer_is_replaced(world: World) -> None:
    world.kept.correct(ANN, IDS[0], {"labels": ["lynx"]})
    world.recognize(FIRST)
    assert world.entry().corrections == ({"labels": ["lynx"]},)


def test_a_wish_for_the_same_model_is_answered_from_what_it_said(world: World) -> None:
    same = question(request="rcg_1")
    assert world.recognize(same) == {same}
    assert world.detector.asked == [IDS[0]]
    assert world.entry().reused_from == IDS[0]
    assert world.counted() == {"uploads": 1, "recognized": 2, "reused": 1}


def test_another_model_s_answer_names_that_model(world: World) -> None:
    world.detector.version = "2.0.0"
    world.recognize(FIRST)
    assert world.entry().outcome.model == Model("animals", "2.0.0", "abc")  # type: ignore[union-attr]


def test_a_wish_survives_its_message() -> None:
    (read,) = Question.from_message(FIRST.to_message(), 2)
    assert (read, read.tries) == (FIRST, 2)


def test_an_arrival_s_options_ride_on_its_object() -> None:
    (read,) = Question.from_message(s3_event(f"images/ann/{IMAGE_ID}/asked/cat.jpg"), 1)
    assert (read.options, read.image.has_options, read.request) == (None, True, "")


def test_questions_about_one_image_take_turns_in_their_order() -> None:
    other = question(IDS[1])
    batches = list(rounds([SECOND, question(), other, FIRST, question()]))
    assert [sorted(each.request for each in batch) for batch in batches] == [["", ""], ["rcg_1"], ["rcg_2"]]


def test_a_batch_of_any_size_fits_dynamodb_s_transactions() -> None:
    batches = list(rounds([question(f"img_{n:032x}") for n in range(120)]))
    assert [len(each) for each in batches] == [50, 50, 20]
