"""A picture that ends the edge function costs no neighbor, and is rejected when it has done so alone twice."""

import io
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from domain.image import Image
from domain.recognition import Outcome, Recognition, Rejection
from recognition.detectors.runtime.detector import DetectorError
from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.edge.one_by_one import LATEST_SECONDS, OneByOne, Suspects
from tests.builders import image

MODEL = {"name": "animals", "version": "1.0.0", "digest": "abc"}
GOOD = {"detections": [{"label": "cat", "confidence": 0.9}], "size": {"width": 6, "height": 4}, "duration_ms": 3}
SLOW = {"error": {"code": "too_slow", "detail": "It takes too long.", "retryable": True}}
IMAGES = [image(image_id=f"img_{n:032x}") for n in range(10)]
POISON = IMAGES[3]


class Function:
    """The edge function: ends on images in `poison`, with the error `ending`; takes too long for those in `slow`."""

    def __init__(self) -> None:
        self.poison: set[str] = {POISON.image_id}
        self.slow: set[str] = set()
        self.ending: Exception | None = None
        self.dead = self.throttled = False
        self.requests: list[list[str]] = []

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        ids = [asked["correlation_id"] for asked in json.loads(Payload)["images"]]
        self.requests.append(ids)
        if self.throttled and len(ids) == 1:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
        if self.dead or self.poison & set(ids):
            if self.ending:
                raise self.ending
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "signal: killed"}')}
        response = {"model": MODEL, "results": [SLOW if name in self.slow else GOOD for name in ids]}
        return {"Payload": io.BytesIO(json.dumps(response).encode())}


class Stage(NamedTuple):
    """The detector, its function, its suspects and its throttled images."""

    detector: OneByOne
    function: Function
    suspects: Suspects
    throttled: set[Image]

    def detect(self, *images: Image) -> dict[Image, Outcome]:
        """Ask about these images, or all."""
        return self.detector.detect(images or IMAGES, None)


@pytest.fixture
def stage() -> Stage:
    """Return a stage."""
    function, suspects, throttled = Function(), Suspects(), set[Image]()
    client: Any = function
    edge = EdgeDetector(client, "edge")
    return Stage(
        OneByOne(edge, lambda seconds: EdgeDetector(client, "edge"), suspects, throttled), function, suspects, throttled
    )


@pytest.mark.parametrize("ending", [None, ReadTimeoutError(endpoint_url="https://lambda")], ids=["killed", "timeout"])
def test_the_other_images_of_a_batch_are_finished_at_once(stage: Stage, ending: Exception | None) -> None:
    stage.function.ending = ending
    outcomes = stage.detect()
    assert {found for found, outcome in outcomes.items() if isinstance(outcome, Recognition)} == {*IMAGES} - {POISON}
    assert POISON not in outcomes
    assert stage.suspects.ended == {POISON}


def test_an_image_that_ends_the_function_alone_for_the_second_time_is_rejected(stage: Stage) -> None:
    stage.suspects.before[POISON] = 1
    outcomes = stage.detect()
    assert outcomes[POISON].code == "model_failed"  # type: ignore[union-attr]
    assert len(outcomes) == len(IMAGES)
    assert sorted(map(len, stage.function.requests)) == [1, 1, 9]  # the suspect, the picture that checks, the others


def test_an_image_that_was_tried_before_is_asked_about_alone(stage: Stage) -> None:
    stage.suspects.before.update(dict.fromkeys(IMAGES[:2], 0))
    stage.function.poison.clear()
    assert len(stage.detect()) == len(IMAGES)
    assert sorted(map(len, stage.function.requests)) == [1, 1, 8]


def test_a_function_that_fails_for_every_picture_rejects_none(stage: Stage) -> None:
    stage.function.dead = True
    stage.suspects.before.update(dict.fromkeys(IMAGES, 5))
    assert stage.detect() == {}
    assert stage.suspects.ended == set()


def test_an_image_that_is_too_slow_is_suspected_and_then_rejected(stage: Stage) -> None:
    stage.function.poison, stage.function.slow = set(), {POISON.image_id}
    assert POISON not in stage.detect()
    assert stage.suspects.ended == {POISON}
    stage.suspects.clear()
    stage.suspects.before[POISON] = 1
    assert isinstance(stage.detect()[POISON], Rejection)


def test_a_throttled_function_makes_no_image_a_suspect(stage: Stage) -> None:
    stage.function.throttled = True
    assert stage.detect() == {}
    assert stage.throttled == {*IMAGES}
    assert stage.suspects.ended == set()


def test_a_batch_that_took_long_leaves_its_images_for_the_next_try(stage: Stage) -> None:
    times: Iterator[float] = iter([0.0] + [LATEST_SECONDS + 1.0] * len(IMAGES))
    stage.detector._clock = times.__next__
    assert stage.detect() == {}
    assert len(stage.function.requests) == 1


def test_another_failure_is_no_reason_to_ask_one_by_one(stage: Stage) -> None:
    stage.function.ending = ClientError({"Error": {"Code": "ServiceException"}}, "Invoke")
    with pytest.raises(DetectorError):
        stage.detect()
    assert len(stage.function.requests) == 1
