"""Rekognition is not asked more often than the setting says: few enough workers, each keeping its calls apart."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.normalized import Normalised
from recognition.detectors.runtime.rate_limiter import RateLimiter
from recognition.detectors.runtime.rekognition import RekognitionDetector
from settings import Settings
from tests.recognition.detectors.test_registry import CAT, DOG, Lambda, Rekognition
from tests.recognition.test_infrastructure import found, function

PAIRS = [(tps, concurrency) for tps in (5, 6, 7, 25, 50, 99, 5000) for concurrency in (2, 3, 10, 40, 500)]


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    at: float = 100.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(round(seconds, 6))
        self.at += seconds


@pytest.fixture
def clock() -> Clock:
    """It stands still."""
    return Clock()


def test_the_first_call_waits_for_nothing_and_each_other_for_its_turn(clock: Clock) -> None:
    turns = RateLimiter(0.2, clock.now, clock.sleep)
    for _ in range(3):
        turns.take()
    assert clock.slept == [0, 0.2, 0.2]


def test_who_comes_later_than_the_turn_does_not_wait_and_saves_up_nothing(clock: Clock) -> None:
    turns = RateLimiter(0.2, clock.now, clock.sleep)
    turns.take()
    clock.at += 60
    turns.take()
    turns.take()
    assert clock.slept == [0, 0, 0.2]


def test_what_is_left_of_the_last_turn_is_waited_for_at_the_end(clock: Clock) -> None:
    turns = RateLimiter(0.2, clock.now, clock.sleep)
    turns.take()
    clock.at += 0.15
    turns.end()
    clock.at += 1
    turns.end()
    assert clock.slept == [0, 0.05, 0]


def test_threads_that_come_at_once_get_different_turns() -> None:
    slept: list[float] = []
    turns = RateLimiter(0.2, lambda: 100.0, slept.append)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: turns.take(), range(8)))
    assert sorted(round(each, 6) for each in slept) == [round(0.2 * n, 6) for n in range(8)]


def test_every_call_takes_a_turn_the_second_about_the_same_image_too(clock: Clock) -> None:
    made_readable = Lambda({"results": [{"size": {"width": 80, "height": 80}, "bytes": 900}]})
    normalised = Normalised(EdgeDetector(made_readable, "edge"), "derived")
    rekognition = Rekognition(cat="InvalidImageFormatException")
    detector = RekognitionDetector(rekognition, normalised, set(), RateLimiter(0.2, clock.now, clock.sleep))
    assert detector.detect([CAT, DOG], None).keys() == {CAT, DOG}
    assert round(clock.at - 100, 6) == 0.6


@pytest.mark.parametrize(("tps", "concurrency"), PAIRS)
def test_all_workers_together_stay_within_the_calls_a_second(tps: int, concurrency: int) -> None:
    settings = Settings(rekognition_tps=tps, concurrency=concurrency)
    assert 2 <= settings.recognizers <= concurrency
    assert settings.recognizers / settings.rekognition_pause <= tps


@pytest.mark.parametrize(("tps", "concurrency"), PAIRS)
def test_a_batch_has_its_turns_soon(tps: int, concurrency: int) -> None:
    assert Settings(rekognition_tps=tps, concurrency=concurrency).rekognition_pause <= 0.5


def test_without_rekognition_its_calls_a_second_hold_nobody_up() -> None:
    assert Settings(rekognition=False, detector="edge", rekognition_tps=5, concurrency=40).recognizers == 40


def test_the_event_source_and_the_function_are_told_so() -> None:
    (mapping,) = found("AWS::Lambda::EventSourceMapping").values()
    assert mapping["ScalingConfig"]["MaximumConcurrency"] == Settings().recognizers
    assert function("Recognize")["Environment"]["Variables"]["REKOGNITION_PAUSE"] == str(Settings().rekognition_pause)
