"""The cascade on fakes of its two detectors: whom it asks, whose answer stands, what it counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from domain.image import Image
from domain.recognition import Detection, Model, Outcome, Recognition, Rejection
from recognition.detectors.runtime.cascade import Cascade
from recognition.detectors.runtime.detector import DetectorError
from tests.builders import image

CAT, DOG = image(), image("dog.jpg", image_id="img_0193f2a5c0ff99999999999999999999")
DAMAGED, NO_IMAGE = Rejection("damaged_image", "No."), Rejection("not_an_image", "No.")
UNUSABLE, HUGE, NAN = (Rejection(code, "No.") for code in ("unusable_model", "too_many_pixels", "model_failed"))
FORMAT = Rejection("unsupported_format", "Rekognition reads JPEG and PNG.")


def saw(confidence: float, label: str = "cat", by: str = "edge") -> Recognition:
    return Recognition(by, Model(by, "1"), (Detection(label, confidence),), duration_ms=1)


PAID = saw(0.99, "Cat", "rekognition")


@dataclass
class Told:
    """A detector that says what it is told to; an image of which it is told nothing comes again."""

    says: Mapping[Image, Outcome]
    down: bool = False
    slowest: float = 10.0
    asked: list[tuple[list[Image], str | None]] = field(default_factory=list)

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        self.asked.append((list(images), model))
        if self.down:
            raise DetectorError("It is down.")
        return {each: self.says[each] for each in images if each in self.says}


@dataclass
class Run:
    """One question to a cascade of two such detectors."""

    edge: Told
    rekognition: Told
    counts: Counter[str] = field(default_factory=Counter)

    def __call__(self, *images: Image, model: str | None = None) -> dict[Image, Outcome]:
        return Cascade(self.edge, self.rekognition, 0.8, self.counts).detect(images, model)


def run(edge: Mapping[Image, Outcome], rekognition: Mapping[Image, Outcome]) -> Run:
    return Run(Told(edge), Told(rekognition))


def answered(outcome: Outcome) -> tuple[str, str]:
    assert isinstance(outcome, Recognition)
    return outcome.asked, outcome.detector


def test_a_sure_answer_costs_nothing() -> None:
    cascade = run({CAT: saw(0.8)}, {})
    assert answered(cascade(CAT)[CAT]) == ("cascade", "edge")
    assert cascade.rekognition.asked == []
    assert cascade.counts == {"RekognitionCallsSaved": 1, "StandIns": 0}


def test_the_edge_model_is_asked_once_for_all_and_rekognition_only_about_the_unsure_one() -> None:
    cascade = run({CAT: saw(0.9), DOG: saw(0.79)}, {DOG: PAID})
    outcomes = cascade(CAT, DOG, model="animals@1.0.0")
    assert (answered(outcomes[CAT]), answered(outcomes[DOG])) == (("cascade", "edge"), ("cascade", "rekognition"))
    assert cascade.edge.asked == [([CAT, DOG], "animals@1.0.0")]
    assert cascade.rekognition.asked == [([DOG], None)]
    assert cascade.counts == {"RekognitionCallsSaved": 1, "StandIns": 0}


def test_to_be_sure_of_the_unknown_is_to_be_unsure() -> None:
    said = Recognition("edge", Model("edge", "1"), (Detection("unknown", 0.9), Detection("cat", 0.1)), duration_ms=1)
    assert said.surest == 0.1
    assert answered(run({CAT: said}, {CAT: PAID})(CAT)[CAT]) == ("cascade", "rekognition")


def test_to_see_nothing_is_to_be_unsure() -> None:
    nothing = Recognition("edge", Model("edge", "1"), (), duration_ms=1)
    assert answered(run({CAT: nothing}, {CAT: PAID})(CAT)[CAT]) == ("cascade", "rekognition")


@pytest.mark.parametrize("refusal", [DAMAGED, NO_IMAGE, Rejection("unknown_model", "No.")])
def test_a_final_refusal_is_final_and_no_money_is_spent_on_it(refusal: Rejection) -> None:
    cascade = run({CAT: refusal}, {CAT: PAID})
    assert cascade(CAT) == {CAT: refusal}
    assert cascade.rekognition.asked == []
    assert cascade.counts["RekognitionCallsSaved"] == 0


def test_rekognition_stands_in_when_the_edge_function_is_down() -> None:
    cascade = Run(Told({}, down=True), Told({CAT: PAID, DOG: PAID}))
    assert {answered(each) for each in cascade(CAT, DOG).values()} == {("cascade", "rekognition")}
    assert cascade.counts == {"RekognitionCallsSaved": 0, "StandIns": 2}


@pytest.mark.parametrize("said", [{}, {CAT: UNUSABLE}, {CAT: HUGE}, {CAT: NAN}])
def test_rekognition_stands_in_for_one_image_the_edge_model_could_not_answer(said: Mapping[Image, Outcome]) -> None:
    cascade = run({**said, DOG: saw(0.9)}, {CAT: PAID})
    outcomes = cascade(CAT, DOG)
    assert (answered(outcomes[CAT]), answered(outcomes[DOG])) == (("cascade", "rekognition"), ("cascade", "edge"))
    assert cascade.counts == {"RekognitionCallsSaved": 1, "StandIns": 1}


@pytest.mark.parametrize("down", [True, False], ids=["down", "throttled"])
def test_the_unsure_answer_stands_when_rekognition_gives_none(down: bool) -> None:
    cascade = Run(Told({CAT: saw(0.5)}), Told({}, down=down))
    assert answered(outcome := cascade(CAT)[CAT]) == ("cascade", "edge")
    assert isinstance(outcome, Recognition)
    assert outcome.surest == 0.5
    assert cascade.counts == {"RekognitionCallsSaved": 0, "StandIns": 1}


def test_of_a_format_that_only_the_edge_model_reads_the_unsure_answer_stands() -> None:
    assert answered(run({CAT: saw(0.5)}, {CAT: FORMAT})(CAT)[CAT]) == ("cascade", "edge")


@pytest.mark.parametrize("edge", [{}, {CAT: UNUSABLE}], ids=["retryable", "unusable model"])
def test_when_both_are_down_the_image_comes_again(edge: Mapping[Image, Outcome]) -> None:
    cascade = Run(Told({**edge, DOG: saw(0.9)}), Told({}, down=True))
    assert set(cascade(CAT, DOG)) == {DOG}
    assert cascade.counts == {"RekognitionCallsSaved": 1, "StandIns": 0}


def test_what_rekognition_cannot_read_comes_again_while_the_edge_function_is_down() -> None:
    assert Run(Told({}, down=True), Told({CAT: FORMAT}))(CAT) == {}


@pytest.mark.parametrize("refusal", [UNUSABLE, HUGE, NAN])
def test_what_neither_can_ever_answer_ends_as_the_edge_model_s_refusal(refusal: Rejection) -> None:
    assert run({CAT: refusal}, {CAT: FORMAT})(CAT) == {CAT: refusal}


def test_it_may_take_as_long_as_both() -> None:
    assert Cascade(Told({}, slowest=60), Told({}, slowest=45), 0.8, Counter()).slowest == 105
