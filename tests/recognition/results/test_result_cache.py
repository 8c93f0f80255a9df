"""Results are reused for the same bytes of an owner, as long as the model is the same."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.image import Image
from domain.options import Options
from domain.recognition import Outcome, Recognition, Rejection
from recognition.detectors.runtime.cached_detector import CachedDetector
from recognition.detectors.runtime.cascade import Cascade
from recognition.recognize.runtime.request import RecognitionRequest
from recognition.results.runtime.result_cache import ResultCache, cache_keys
from tests.builders import image, recognition
from tests.recognition.conftest import Account
from tests.recognition.recognize.world import IDS, World, request_for

SAME = "0123456789abcdef"


@pytest.fixture
def world(account: Account) -> World:
    """Return a worker and its stores."""
    return World(account)


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
    assert world.counters() == {"uploads": 3, "recognized": 3, "reused": 1}


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


def test_the_result_of_another_model_is_not_reused(world: World) -> None:
    world.recognize(request_for(IDS[0], etag=SAME))
    world.recognize(request_for(IDS[1], etag=SAME, request="rcg_1", model="livestock"))
    assert world.detector.asked == [IDS[0], IDS[1]]


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


def test_a_cascade_asks_neither_detector_twice_and_applies_its_current_threshold() -> None:
    cache, (first, second) = (
        ResultCache(),
        [replace(image(image_id=image_id), content="same-1") for image_id in IDS[:2]],
    )
    unsure = recognition(confidence=0.5)
    edge, paid = Counting(unsure), Counting(replace(unsure, detector="rekognition"))

    def cascade(below: float) -> Cascade:
        cached = [
            CachedDetector(name, detector, cache, lambda model: unsure.model, set())
            for name, detector in (("edge", edge), ("rekognition", paid))
        ]
        return Cascade(cached[0], cached[1], below, Counter())

    cascade(0.8).detect([first], None)
    cache.load(cache.new_rows(IDS))
    outcome = cascade(0.8).detect([second], None)[second]
    assert (edge.images, paid.images) == (1, 1)
    assert isinstance(outcome, Recognition)
    assert (outcome.detector, outcome.asked, cache.source(second, outcome)) == ("rekognition", "cascade", IDS[0])
    confident = cascade(0.4).detect([second], None)[second]
    assert isinstance(confident, Recognition)
    assert confident.detector == "edge"


def test_rekognition_has_one_cache_key_for_any_model() -> None:
    picture = replace(image(), content="same-1")
    assert cache_keys({picture: Options(detector="rekognition", model="x")}, "edge") == [
        {"about": {"S": "public/content/same-1"}, "answer": {"S": "rekognition/"}}
    ]


def test_the_results_of_both_parts_of_a_cascade_are_looked_up() -> None:
    picture = replace(image(), content="same-1")
    answers = [key["answer"]["S"] for key in cache_keys({picture: Options(model="x")}, "cascade")]
    assert answers == ["edge/x", "rekognition/"]
