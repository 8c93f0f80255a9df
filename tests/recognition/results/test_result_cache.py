"""Results are reused for the same bytes of an owner, as long as the model is the same."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.detectors import DETECTORS
from domain.image import Image
from domain.options import Options
from domain.recognition import Outcome, Recognition, Rejection
from recognition.detectors.runtime.cached_detector import CachedDetector
from recognition.detectors.runtime.cascade import Cascade
from recognition.recognize.runtime.request import RecognitionRequest
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.result_cache import Pointer, ResultCache, cache_keys, cache_rows
from tests.builders import image, recognition
from tests.recognition.conftest import Account
from tests.recognition.recognize.world import IDS, KEY, World, request_for

SAME = "0123456789abcdef"


@pytest.fixture
def world(account: Account) -> World:
    """Return a worker with a paid detector, and its stores."""
    return World(account, "rekognition")


def test_the_same_bytes_uploaded_twice_are_recognized_once(world: World) -> None:
    world.recognize(request_for(IDS[0], etag=SAME))
    world.recognize(request_for(IDS[1], etag=SAME))
    assert world.detector.asked == [IDS[0]]
    first, second = world.entry(IDS[0]), world.entry(IDS[1])
    assert second.outcome == first.outcome
    assert (first.reused_from, second.reused_from) == ("", IDS[0])
    assert world.partitions(IDS[1]) == world.partitions(IDS[0])


def test_the_third_image_of_the_same_bytes_names_the_first_too(world: World) -> None:
    for image_id in IDS[:3]:
        world.recognize(request_for(image_id, etag=SAME))
    assert world.entry(IDS[2]).reused_from == IDS[0]


def test_the_same_bytes_twice_in_a_batch_are_recognized_once(world: World) -> None:
    world.recognize(request_for(IDS[0], etag=SAME), request_for(IDS[1], etag=SAME), request_for(IDS[2]))
    assert world.detector.asked == [IDS[0], IDS[2]]
    assert world.entry(IDS[1]).reused_from == IDS[0]
    saved = {"reused": 1, "reused_rekognition": 1}
    assert world.counters() == {"uploads": 3, "recognized": 3, "rekognition_calls": 2} | saved


def test_the_result_of_another_owner_is_not_reused(world: World) -> None:
    mine = request_for(IDS[0], etag=SAME)
    theirs = replace(mine, image=replace(mine.image, owner="bob", image_id=IDS[1]))
    world.recognize(mine, theirs)
    assert world.detector.asked == [IDS[0], IDS[1]]


def test_the_result_of_another_model_version_is_not_reused(world: World) -> None:
    world.recognize(request_for(IDS[0], etag=SAME))
    world.detector.version = "1.1.0"
    world.recognize(request_for(IDS[1], etag=SAME))
    world.recognize(request_for(IDS[2], etag=SAME))
    assert world.detector.asked == [IDS[0], IDS[1]]
    assert world.entry(IDS[2]).reused_from == IDS[1]


def test_a_detector_that_costs_nothing_is_asked_again_and_nothing_is_remembered(account: Account) -> None:
    world = World(account)
    for image_id in IDS[:2]:
        world.recognize(request_for(image_id, etag=SAME))
    assert world.detector.asked == IDS[:2]
    assert world.entry(IDS[1]).reused_from == ""
    assert account.rows("answers") == []


def test_a_result_is_remembered_as_a_pointer_that_holds_nothing_of_it(world: World) -> None:
    world.recognize(request_for(IDS[0], etag=SAME))
    (row,) = world.account.rows("answers")
    assert row["answer"] == {"S": "rekognition"}
    assert row["image_id"] == {"S": IDS[0]}
    assert "cat" not in str(row)


def test_a_result_that_was_replaced_is_found_among_the_earlier_entries(world: World) -> None:
    world.recognize(request_for(IDS[0], etag=SAME))
    world.recognize(request_for(IDS[0], sequencer="0B"))
    world.recognize(request_for(IDS[1], etag=SAME))
    assert world.detector.asked == [IDS[0], IDS[0]]
    assert world.entry(IDS[1]).reused_from == IDS[0]


@pytest.mark.parametrize("finished", [True, False])
def test_a_pointer_to_an_erased_image_is_a_miss(world: World, finished: bool) -> None:
    """Also while the erasure is under way, and the row still holds the result."""
    world.recognize(request_for(IDS[0], etag=SAME))
    world.tombstones.mark(KEY, 1)
    if finished:
        world.tombstones.put(KEY, 1)
    world.recognize(request_for(IDS[1], etag=SAME))
    assert world.detector.asked == IDS[:2]
    assert world.entry(IDS[1]).reused_from == ""
    (pointer,) = [row for row in world.account.rows("answers") if "/content/" in row["about"]["S"]]
    assert pointer["image_id"] == {"S": IDS[1]}


def test_a_worker_that_dies_before_it_remembers_a_result_does_so_at_the_next_delivery(world: World) -> None:
    world.crash_before("BatchWriteItem", request_for(IDS[0], etag=SAME))
    world.recognize(request_for(IDS[0], etag=SAME))
    world.recognize(request_for(IDS[1], etag=SAME))
    assert world.detector.asked == IDS[:1]


def test_an_object_without_an_etag_equals_no_other(world: World) -> None:
    images = [replace(request_for(image_id).image, content="", version=image_id) for image_id in IDS[:2]]
    world.recognize(*map(RecognitionRequest, images))
    assert world.detector.asked == IDS[:2]
    assert world.account.rows("answers") == []


def test_a_rejection_applies_to_the_same_bytes_in_the_batch_and_is_not_cached(world: World) -> None:
    world.detector.outcomes = dict.fromkeys(IDS, Rejection("not_an_image", "No."))
    done = world.recognize(request_for(IDS[0], etag=SAME), request_for(IDS[1], etag=SAME))
    assert (len(done), world.detector.asked) == (2, [IDS[0]])
    world.recognize(request_for(IDS[2], etag=SAME))
    assert world.detector.asked == [IDS[0], IDS[2]]


def test_the_rejection_of_a_deleted_object_is_not_shared(world: World) -> None:
    world.detector.outcomes[IDS[0]] = Rejection("no_such_object", "Gone.")
    first, second = request_for(IDS[0], etag=SAME), request_for(IDS[1], etag=SAME)
    assert world.recognize(first, second) == {first}
    assert world.recognize(second) == {second}
    assert world.entry(IDS[1]).status == "recognized"


def test_no_outcome_for_the_first_image_is_none_for_the_same_bytes(world: World) -> None:
    world.detector.outcomes[IDS[0]] = None
    assert world.recognize(request_for(IDS[0], etag=SAME), request_for(IDS[1], etag=SAME)) == set()


def test_a_throttled_image_counts_for_all_of_the_same_bytes(world: World) -> None:
    world.detector.busy = IDS[:1]
    alike = [request_for(IDS[0], etag=SAME), request_for(IDS[1], etag=SAME)]
    other = request_for(IDS[2])
    assert world.recognize(*alike, other) == {other}
    assert world.detector.throttled == {request.image for request in alike}


def test_an_image_without_an_outcome_for_another_reason_is_not_throttled(world: World) -> None:
    world.detector.outcomes[IDS[0]] = None
    assert world.recognize(request_for(IDS[0], etag=SAME), request_for(IDS[1], etag=SAME)) == set()
    assert world.detector.throttled == set()


class Counting:
    """A detector with one outcome for all images, which counts them."""

    max_seconds = 1.0

    def __init__(self, outcome: Recognition) -> None:
        self.outcome, self.images = outcome, 0

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """Return the outcome for each image."""
        self.images += len(images)
        return dict.fromkeys(images, self.outcome)


def test_a_cascade_asks_the_paid_detector_once_and_applies_its_current_threshold() -> None:
    cache, (first, second) = (
        ResultCache(),
        [replace(image(image_id=image_id), content="same-1") for image_id in IDS[:2]],
    )
    unsure = recognition(confidence=0.5)
    edge, paid = Counting(unsure), Counting(replace(unsure, detector="rekognition"))

    def cascade(below: float) -> Cascade:
        cached = [
            CachedDetector(name, detector, cache, current, set())
            for name, detector, current in (("edge", edge, None), ("rekognition", paid, lambda: unsure.model))
        ]
        return Cascade(cached[0], cached[1], below, Counter())

    answered = cascade(0.8).detect([first], None)[first]
    entry = Entry(first, answered, "2026-11-20T17:00:01.000Z", Options())
    (row,) = cache_rows([entry])
    cache.load({Pointer.from_item(row).key: entry})
    outcome = cascade(0.8).detect([second], None)[second]
    assert (edge.images, paid.images) == (2, 1)
    assert isinstance(outcome, Recognition)
    assert (outcome.detector, outcome.asked, cache.source(second, outcome)) == ("rekognition", "cascade", IDS[0])
    confident = cascade(0.4).detect([second], None)[second]
    assert isinstance(confident, Recognition)
    assert confident.detector == "edge"


def test_rekognition_has_one_cache_key_for_any_model() -> None:
    picture = replace(image(), content="same-1")
    assert cache_keys({picture: Options(detector="rekognition", model="x")}, "edge") == [
        {"about": {"S": "public/content/same-1"}, "answer": {"S": "rekognition"}}
    ]


def test_only_paid_results_are_looked_up() -> None:
    picture = replace(image(), content="same-1")
    found = {name: [key["answer"]["S"] for key in cache_keys({picture: Options()}, name)] for name in DETECTORS}
    paid = {name: [name] for name in ("rekognition", "moderation")}
    assert found == {"edge": [], "cascade": ["rekognition"]} | paid
