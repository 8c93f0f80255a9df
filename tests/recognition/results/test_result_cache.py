"""Nobody pays twice for the same bytes: what was said of them is said again, for as long as the same model would."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.image import Image
from domain.options import Options
from domain.recognition import Outcome, Recognition, Rejection
from recognition.detectors.runtime.cached import Once
from recognition.detectors.runtime.cascade import Cascade
from recognition.results.runtime.result_cache import Memory, keys
from tests.builders import image, recognition
from tests.recognition.conftest import Account
from tests.recognition.recognize.books import IDS, World, question

SAME = "0123456789abcdef"


@pytest.fixture
def world(account: Account) -> World:
    """All that it touches."""
    return World(account)


def test_the_same_bytes_uploaded_twice_are_asked_about_once(world: World) -> None:
    world.recognize(question(IDS[0], etag=SAME))
    world.recognize(question(IDS[1], etag=SAME))
    assert world.detector.asked == [IDS[0]]
    first, second = world.entry(IDS[0]), world.entry(IDS[1])
    assert second.outcome == first.outcome
    assert (first.reused_from, second.reused_from) == ("", IDS[0])
    assert world.found_by(IDS[1]) == world.found_by(IDS[0])


def test_the_third_of_the_same_bytes_names_the_first_too(world: World) -> None:
    for image_id in IDS[:3]:
        world.recognize(question(image_id, etag=SAME))
    assert world.entry(IDS[2]).reused_from == IDS[0]


def test_the_same_bytes_twice_in_one_batch_are_one_question(world: World) -> None:
    world.recognize(question(IDS[0], etag=SAME), question(IDS[1], etag=SAME), question(IDS[2]))
    assert world.detector.asked == [IDS[0], IDS[2]]
    assert world.entry(IDS[1]).reused_from == IDS[0]
    assert world.counted() == {"uploads": 3, "recognized": 3, "reused": 1}


def test_another_owner_s_answer_is_not_used(world: World) -> None:
    mine = question(IDS[0], etag=SAME)
    theirs = replace(mine, image=replace(mine.image, owner="bob", image_id=IDS[1]))
    world.recognize(mine, theirs)
    assert world.detector.asked == [IDS[0], IDS[1]]


def test_another_version_of_the_model_is_asked(world: World) -> None:
    world.recognize(question(IDS[0], etag=SAME))
    world.detector.version = "1.1.0"
    world.recognize(question(IDS[1], etag=SAME))
    world.recognize(question(IDS[2], etag=SAME))
    assert world.detector.asked == [IDS[0], IDS[1]]
    assert world.entry(IDS[2]).reused_from == IDS[1]


def test_another_model_is_asked(world: World) -> None:
    world.recognize(question(IDS[0], etag=SAME))
    world.recognize(question(IDS[1], etag=SAME, request="rcg_1", model="livestock"))
    assert world.detector.asked == [IDS[0], IDS[1]]


def test_an_object_without_an_etag_is_like_no_other(world: World) -> None:
    blank = [question(each) for each in IDS[:2]]
    world.recognize(
        *(replace(each, image=replace(each.image, content="", version=str(n))) for n, each in enumerate(blank))
    )
    assert world.detector.asked == IDS[:2]
    assert world.account.rows("answers") == []


def test_a_rejection_holds_for_the_same_bytes_in_the_batch_and_is_not_remembered(world: World) -> None:
    world.detector.said = dict.fromkeys(IDS, Rejection("not_an_image", "No."))
    done = world.recognize(question(IDS[0], etag=SAME), question(IDS[1], etag=SAME))
    assert (len(done), world.detector.asked) == (2, [IDS[0]])
    world.recognize(question(IDS[2], etag=SAME))
    assert world.detector.asked == [IDS[0], IDS[2]]


def test_that_one_object_is_gone_says_nothing_about_the_next(world: World) -> None:
    world.detector.said[IDS[0]] = Rejection("no_such_object", "Gone.")
    first, second = question(IDS[0], etag=SAME), question(IDS[1], etag=SAME)
    assert world.recognize(first, second) == {first}
    assert world.recognize(second) == {second}
    assert world.entry(IDS[1]).status == "recognized"


def test_what_could_not_be_said_of_the_first_is_asked_of_both_again(world: World) -> None:
    world.detector.said[IDS[0]] = None
    assert world.recognize(question(IDS[0], etag=SAME), question(IDS[1], etag=SAME)) == set()


def test_what_nobody_had_time_for_is_so_for_all_of_the_same_bytes(world: World) -> None:
    world.detector.busy = IDS[:1]
    alike = [question(IDS[0], etag=SAME), question(IDS[1], etag=SAME)]
    other = question(IDS[2])
    assert world.recognize(*alike, other) == {other}
    assert world.detector.throttled == {each.image for each in alike}


def test_what_cannot_be_said_for_another_reason_was_not_throttled(world: World) -> None:
    world.detector.said[IDS[0]] = None
    assert world.recognize(question(IDS[0], etag=SAME), question(IDS[1], etag=SAME)) == set()
    assert world.detector.throttled == set()


class Counting:
    """A detector that says one thing of all, and counts."""

    slowest = 1.0

    def __init__(self, said: Recognition) -> None:
        self.said, self.asked = said, 0

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """Say it."""
        self.asked += len(images)
        return dict.fromkeys(images, self.said)


def test_in_the_cascade_neither_is_asked_twice_and_the_threshold_is_weighed_anew() -> None:
    memory, (first, second) = Memory(), [replace(image(image_id=each), content="same-1") for each in IDS[:2]]
    unsure = recognition(confidence=0.5)
    edge, paid = Counting(unsure), Counting(replace(unsure, detector="rekognition"))

    def cascade(below: float) -> Cascade:
        once = [
            Once(name, each, memory, lambda model: unsure.model, set())
            for name, each in (("edge", edge), ("rekognition", paid))
        ]
        return Cascade(once[0], once[1], below, Counter())

    cascade(0.8).detect([first], None)
    memory.recall(memory.learned(IDS))
    said = cascade(0.8).detect([second], None)[second]
    assert (edge.asked, paid.asked) == (1, 1)
    assert isinstance(said, Recognition)
    assert (said.detector, said.asked, memory.source(second, said)) == ("rekognition", "cascade", IDS[0])
    sure = cascade(0.4).detect([second], None)[second]
    assert isinstance(sure, Recognition)
    assert sure.detector == "edge"


def test_rekognition_has_one_model_whatever_is_asked_of_it() -> None:
    picture = replace(image(), content="same-1")
    assert keys({picture: Options(detector="rekognition", model="x")}, "edge") == [
        {"about": {"S": "public/content/same-1"}, "answer": {"S": "rekognition/"}}
    ]


def test_both_answers_that_make_a_cascade_s_are_looked_up() -> None:
    picture = replace(image(), content="same-1")
    answers = [each["answer"]["S"] for each in keys({picture: Options(model="x")}, "cascade")]
    assert answers == ["edge/x", "rekognition/"]
