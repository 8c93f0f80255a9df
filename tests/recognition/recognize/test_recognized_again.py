"""An image recognized again: both entries are stored, whatever the order of the requests."""

import pytest

from domain.image import image_key
from domain.options import Options
from domain.recognition import Model, Rejection
from recognition.recognize.runtime.request import RecognitionRequest, batches_by_image
from tests.builders import IMAGE_ID, s3_event
from tests.recognition.conftest import Account
from tests.recognition.recognize.world import IDS, KEY, World, request_for

FIRST, SECOND = request_for(request="rcg_1", model="animals"), request_for(request="rcg_2", model="livestock")


@pytest.fixture
def world(account: Account) -> World:
    """Return a worker after it has recognized an image of ann's."""
    world = World(account)
    world.recognize(request_for())
    return world


def requests(world: World) -> list[str]:
    """Return the request of the current entry, then those of the earlier ones, newest first."""
    return [world.entry().request, *(entry.request for entry in world.history.newest(world.entry()))]


def test_the_new_entry_is_current_and_the_old_one_is_an_earlier_one(world: World) -> None:
    assert world.recognize(FIRST) == {FIRST}
    assert requests(world) == ["rcg_1", ""]
    assert world.entry().options == Options(model="animals")
    assert world.entry().earlier == 1


def test_the_event_of_a_request_is_another_one_and_names_the_request(world: World) -> None:
    world.recognize(FIRST)
    uploaded, again = world.published
    assert uploaded.event_id != again.event_id
    assert (uploaded.data.get("request"), again.data["request"]) == (None, "rcg_1")


def test_a_request_is_not_counted_as_an_upload(world: World) -> None:
    world.recognize(FIRST)
    assert world.counters() == {"uploads": 1, "recognized": 2}


def test_a_request_delivered_twice_is_recognized_once(world: World) -> None:
    world.recognize(FIRST)
    assert world.recognize(FIRST) == {FIRST}
    assert requests(world) == ["rcg_1", ""]
    assert world.detector.asked == [IDS[0]] * 2
    assert len({event.event_id for event in world.published}) == 2


def test_a_request_that_arrives_after_a_later_one_has_an_earlier_entry(world: World) -> None:
    world.recognize(SECOND)
    partitions = world.partitions()
    assert world.recognize(FIRST) == {FIRST}
    assert requests(world) == ["rcg_2", "rcg_1", ""]
    assert world.entry().earlier == 2
    assert world.partitions() == partitions
    assert [event.data.get("request") for event in world.published] == [None, "rcg_2", "rcg_1"]


def test_a_request_with_an_earlier_entry_that_is_delivered_again_is_published_again_and_asks_no_detector(
    world: World,
) -> None:
    world.recognize(SECOND)
    world.recognize(FIRST)
    assert world.recognize(FIRST) == {FIRST}
    assert requests(world) == ["rcg_2", "rcg_1", ""]
    assert len(world.detector.asked) == 3
    assert len({event.event_id for event in world.published}) == 3


def test_a_request_that_fails_takes_no_recognition_away(world: World) -> None:
    partitions = world.partitions()
    world.detector.outcomes[IDS[0]] = Rejection("unknown_model", "There is no model 'typo'.")
    assert [world.recognize(FIRST) for _ in range(2)] == [{FIRST}] * 2
    assert (world.entry().status, requests(world)) == ("recognized", ["", "rcg_1"])
    assert (world.partitions(), world.entry().earlier) == (partitions, 1)
    assert world.detector.asked == [IDS[0]] * 2
    assert world.counters() == {"uploads": 1, "recognized": 1, "rejected": 1}
    assert {(event.type, event.data.get("request")) for event in world.published[1:]} == {("image.rejected", "rcg_1")}
    del world.detector.outcomes[IDS[0]]
    world.recognize(SECOND)
    assert requests(world) == ["rcg_2", "rcg_1", ""]


def test_a_request_replaces_a_rejection_even_if_it_fails(world: World) -> None:
    world.detector.outcomes[IDS[1]] = Rejection("damaged_image", "It is damaged.")
    world.recognize(request_for(IDS[1]))
    world.recognize(request_for(IDS[1], request="rcg_2"))
    assert world.entry(IDS[1]).request == "rcg_2"


def test_an_upload_delivered_again_after_a_request_changes_nothing(world: World) -> None:
    world.recognize(FIRST)
    assert world.recognize(request_for()) == {request_for()}
    assert requests(world) == ["rcg_1", ""]
    assert len(world.published) == 2


def test_corrections_stay_when_an_entry_is_replaced(world: World) -> None:
    world.recognitions.add_correction(KEY, {"labels": ["lynx"]}, after=0)
    world.recognize(FIRST)
    assert world.entry().corrections == ({"labels": ["lynx"]},)


def test_requests_for_the_same_paid_model_reuse_its_result_also_once_it_is_an_earlier_one(account: Account) -> None:
    world, again = World(account, "rekognition"), [request_for(request="rcg_1"), request_for(request="rcg_2")]
    for request in (request_for(), *again):
        assert world.recognize(request) == {request}
    assert world.detector.asked == [IDS[0]]
    assert world.entry().reused_from == IDS[0]
    saved = {"reused": 2, "reused_rekognition": 2}
    assert world.counters() == {"uploads": 1, "recognized": 3, "rekognition_calls": 1} | saved


def test_a_request_for_the_same_model_that_costs_nothing_asks_it_again(world: World) -> None:
    world.recognize(request_for(request="rcg_1"))
    assert world.detector.asked == [IDS[0]] * 2
    assert world.entry().reused_from == ""


def test_the_result_of_another_model_names_that_model(world: World) -> None:
    world.detector.version = "2.0.0"
    world.recognize(FIRST)
    assert world.entry().outcome.model == Model("animals", "2.0.0", "abc")  # type: ignore[union-attr]


def test_a_message_is_read_as_it_was_written() -> None:
    (read,) = RecognitionRequest.from_message(FIRST.to_message(), 2)
    assert (read, read.tries) == (FIRST, 2)


def test_the_options_of_an_upload_are_not_in_its_message() -> None:
    (read,) = RecognitionRequest.from_message(s3_event(image_key("ann", IMAGE_ID, "cat.jpg", has_options=True)), 1)
    assert (read.options, read.image.has_options, read.request) == (None, True, "")


def test_requests_about_one_image_are_in_different_batches_in_their_order() -> None:
    other = request_for(IDS[1])
    batches = list(batches_by_image([SECOND, request_for(), other, FIRST, request_for()]))
    assert [sorted(request.request for request in batch) for batch in batches] == [["", ""], ["rcg_1"], ["rcg_2"]]


def test_every_batch_fits_into_a_transaction_of_dynamodb() -> None:
    batches = list(batches_by_image([request_for(f"img_{n:032x}") for n in range(120)]))
    assert [len(batch) for batch in batches] == [50, 50, 20]
