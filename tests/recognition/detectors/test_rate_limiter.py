"""The rate of calls of Rekognition stays within the setting: few enough workers, each with a rate limiter."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from recognition.detectors.runtime.rate_limiter import RateLimiter
from settings import Settings
from tests.recognition.detectors.fakes import CAT, DERIVED, DOG, Lambda, Rekognition, rekognition_detector
from tests.recognition.test_infrastructure import found, function

PAIRS = [(tps, concurrency) for tps in (5, 6, 7, 25, 50, 99, 5000) for concurrency in (2, 3, 10, 40, 500)]


@dataclass
class Clock:
    """A clock that only a sleep advances."""

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
    """Return a clock."""
    return Clock()


def test_the_first_call_does_not_wait_and_each_later_call_does(clock: Clock) -> None:
    limiter = RateLimiter(0.2, clock.now, clock.sleep)
    for _ in range(3):
        limiter.wait()
    assert clock.slept == [0, 0.2, 0.2]


def test_a_late_call_does_not_wait_and_saves_no_time_for_the_next_one(clock: Clock) -> None:
    limiter = RateLimiter(0.2, clock.now, clock.sleep)
    limiter.wait()
    clock.at += 60
    limiter.wait()
    limiter.wait()
    assert clock.slept == [0, 0, 0.2]


def test_draining_waits_for_the_rest_of_the_last_pause(clock: Clock) -> None:
    limiter = RateLimiter(0.2, clock.now, clock.sleep)
    limiter.wait()
    clock.at += 0.15
    limiter.drain()
    clock.at += 1
    limiter.drain()
    assert clock.slept == [0, 0.05, 0]


def test_calls_of_several_threads_at_once_are_spaced_too() -> None:
    slept: list[float] = []
    limiter = RateLimiter(0.2, lambda: 100.0, slept.append)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: limiter.wait(), range(8)))
    assert sorted(round(seconds, 6) for seconds in slept) == [round(0.2 * n, 6) for n in range(8)]


def test_the_second_call_about_an_image_is_spaced_too(clock: Clock) -> None:
    rekognition, limiter = Rekognition(cat="InvalidImageFormatException"), RateLimiter(0.2, clock.now, clock.sleep)
    detector = rekognition_detector(rekognition, Lambda(DERIVED), rate_limiter=limiter)
    assert detector.detect([CAT, DOG], None).keys() == {CAT, DOG}
    assert round(clock.at - 100, 6) == 0.6


@pytest.mark.parametrize(("tps", "concurrency"), PAIRS)
def test_all_workers_together_stay_within_the_calls_a_second(tps: int, concurrency: int) -> None:
    settings = Settings(rekognition_tps=tps, concurrency=concurrency)
    assert 2 <= settings.recognize_concurrency <= concurrency
    assert settings.recognize_concurrency / settings.rekognition_pause <= tps


@pytest.mark.parametrize(("tps", "concurrency"), PAIRS)
def test_a_pause_is_short(tps: int, concurrency: int) -> None:
    assert Settings(rekognition_tps=tps, concurrency=concurrency).rekognition_pause <= 0.5


def test_without_rekognition_its_calls_a_second_limit_no_worker() -> None:
    assert Settings(rekognition=False, detector="edge", rekognition_tps=5, concurrency=40).recognize_concurrency == 40


def test_the_template_has_the_number_of_workers_and_the_pause() -> None:
    (mapping,) = found("AWS::Lambda::EventSourceMapping").values()
    assert mapping["ScalingConfig"]["MaximumConcurrency"] == Settings().recognize_concurrency
    assert function("Recognize")["Environment"]["Variables"]["REKOGNITION_PAUSE"] == str(Settings().rekognition_pause)
