"""The cascade with fake detectors: the detectors asked, the results returned, and the metrics."""

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


def recognized(confidence: float, label: str = "cat", detector: str = "edge") -> Recognition:
    return Recognition(detector, Model(detector, "1"), (Detection(label, confidence),), duration_ms=1)


PAID = recognized(0.99, "Cat", "rekognition")


@dataclass
class FakeDetector:
    """A detector with listed outcomes; an image that is not listed has none."""

    outcomes: Mapping[Image, Outcome]
    down: bool = False
    max_seconds: float = 10.0
    calls: list[tuple[list[Image], str | None]] = field(default_factory=list)

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        self.calls.append((list(images), model))
        if self.down:
            raise DetectorError("It is down.")
        return {image: self.outcomes[image] for image in images if image in self.outcomes}


@dataclass
class Run:
    """A call of a cascade of two fake detectors."""

    edge: FakeDetector
    rekognition: FakeDetector
    counts: Counter[str] = field(default_factory=Counter)

    def __call__(self, *images: Image, model: str | None = None) -> dict[Image, Outcome]:
        return Cascade(self.edge, self.rekognition, 0.8, self.counts).detect(images, model)


def run(edge: Mapping[Image, Outcome], rekognition: Mapping[Image, Outcome]) -> Run:
    return Run(FakeDetector(edge), FakeDetector(rekognition))


def source(outcome: Outcome) -> tuple[str, str]:
    assert isinstance(outcome, Recognition)
    return outcome.asked, outcome.detector


def test_a_confident_result_costs_nothing() -> None:
    cascade = run({CAT: recognized(0.8)}, {})
    assert source(cascade(CAT)[CAT]) == ("cascade", "edge")
    assert cascade.rekognition.calls == []
    assert cascade.counts == {"RekognitionCallsSaved": 1, "StandIns": 0}


def test_the_edge_model_is_asked_once_for_all_images_and_rekognition_only_about_the_unsure_one() -> None:
    cascade = run({CAT: recognized(0.9), DOG: recognized(0.79)}, {DOG: PAID})
    outcomes = cascade(CAT, DOG, model="animals@1.0.0")
    assert (source(outcomes[CAT]), source(outcomes[DOG])) == (("cascade", "edge"), ("cascade", "rekognition"))
    assert cascade.edge.calls == [([CAT, DOG], "animals@1.0.0")]
    assert cascade.rekognition.calls == [([DOG], None)]
    assert cascade.counts == {"RekognitionCallsSaved": 1, "StandIns": 0}


def test_a_confident_unknown_is_unsure() -> None:
    detections = (Detection("unknown", 0.9), Detection("cat", 0.1))
    unknown = Recognition("edge", Model("edge", "1"), detections, duration_ms=1)
    assert unknown.surest == 0.1
    assert source(run({CAT: unknown}, {CAT: PAID})(CAT)[CAT]) == ("cascade", "rekognition")


def test_a_result_without_detections_is_unsure() -> None:
    nothing = Recognition("edge", Model("edge", "1"), (), duration_ms=1)
    assert source(run({CAT: nothing}, {CAT: PAID})(CAT)[CAT]) == ("cascade", "rekognition")


@pytest.mark.parametrize("rejection", [DAMAGED, NO_IMAGE, Rejection("unknown_model", "No.")])
def test_a_final_rejection_is_final_and_costs_nothing(rejection: Rejection) -> None:
    cascade = run({CAT: rejection}, {CAT: PAID})
    assert cascade(CAT) == {CAT: rejection}
    assert cascade.rekognition.calls == []
    assert cascade.counts["RekognitionCallsSaved"] == 0


def test_rekognition_stands_in_when_the_edge_function_is_down() -> None:
    cascade = Run(FakeDetector({}, down=True), FakeDetector({CAT: PAID, DOG: PAID}))
    assert {source(outcome) for outcome in cascade(CAT, DOG).values()} == {("cascade", "rekognition")}
    assert cascade.counts == {"RekognitionCallsSaved": 0, "StandIns": 2}


@pytest.mark.parametrize("edge", [{}, {CAT: UNUSABLE}, {CAT: HUGE}, {CAT: NAN}])
def test_rekognition_stands_in_for_one_image_without_a_result_of_the_edge_model(edge: Mapping[Image, Outcome]) -> None:
    cascade = run({**edge, DOG: recognized(0.9)}, {CAT: PAID})
    outcomes = cascade(CAT, DOG)
    assert (source(outcomes[CAT]), source(outcomes[DOG])) == (("cascade", "rekognition"), ("cascade", "edge"))
    assert cascade.counts == {"RekognitionCallsSaved": 1, "StandIns": 1}


@pytest.mark.parametrize("down", [True, False], ids=["down", "throttled"])
def test_the_unsure_result_is_returned_when_rekognition_has_none(down: bool) -> None:
    cascade = Run(FakeDetector({CAT: recognized(0.5)}), FakeDetector({}, down=down))
    assert source(outcome := cascade(CAT)[CAT]) == ("cascade", "edge")
    assert isinstance(outcome, Recognition)
    assert outcome.surest == 0.5
    assert cascade.counts == {"RekognitionCallsSaved": 0, "StandIns": 1}


def test_the_unsure_result_is_returned_for_a_format_that_rekognition_does_not_read() -> None:
    assert source(run({CAT: recognized(0.5)}, {CAT: FORMAT})(CAT)[CAT]) == ("cascade", "edge")


@pytest.mark.parametrize("edge", [{}, {CAT: UNUSABLE}], ids=["retryable", "unusable model"])
def test_an_image_has_no_outcome_when_both_detectors_are_down(edge: Mapping[Image, Outcome]) -> None:
    cascade = Run(FakeDetector({**edge, DOG: recognized(0.9)}), FakeDetector({}, down=True))
    assert set(cascade(CAT, DOG)) == {DOG}
    assert cascade.counts == {"RekognitionCallsSaved": 1, "StandIns": 0}


def test_an_image_that_rekognition_cannot_read_has_no_outcome_while_the_edge_function_is_down() -> None:
    assert Run(FakeDetector({}, down=True), FakeDetector({CAT: FORMAT}))(CAT) == {}


@pytest.mark.parametrize("rejection", [UNUSABLE, HUGE, NAN])
def test_an_image_that_neither_detector_accepts_has_the_edge_model_s_rejection(rejection: Rejection) -> None:
    assert run({CAT: rejection}, {CAT: FORMAT})(CAT) == {CAT: rejection}


def test_a_cascade_may_take_as_long_as_both_detectors() -> None:
    edge, rekognition = FakeDetector({}, max_seconds=60), FakeDetector({}, max_seconds=45)
    assert Cascade(edge, rekognition, 0.8, Counter()).max_seconds == 105
