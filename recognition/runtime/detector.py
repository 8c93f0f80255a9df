"""A Detector: what is asked to see, and the turns that keep a worker from asking too often."""

import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Protocol

from aws_lambda_powertools import Logger

from domain.entry import Outcome
from domain.image import Image

logger = Logger(child=True)


class DetectorError(Exception):
    """A detector failed as a whole; the text says how."""


class ThrottledError(DetectorError):
    """It has too much to do just now, which is no image's fault."""


class Detector(Protocol):
    """Rekognition, the edge model, or both in turn. `slowest` is how many seconds one call may take."""

    slowest: float

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """What is seen on each image, or why it can never be read; an image left out is worth another try.

        Raises DetectorError.
        """


class Turns:
    """Keeps calls at least so many seconds apart, by whichever thread they are made."""

    def __init__(
        self, seconds: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._seconds, self._clock, self._sleep = seconds, clock, sleep
        self._next, self._lock = 0.0, Lock()

    def take(self) -> None:
        """Wait for the next one."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._seconds
        self._sleep(turn - now)

    def end(self) -> None:
        """Wait until another might be taken: whoever is called next, and knows nothing of these, may begin at once."""
        self._sleep(max(0.0, self._next - self._clock()))


def outcomes_of(detector: Detector, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
    """What the detector says of the images; nothing when it fails as a whole."""
    try:
        return detector.detect(images, model)
    except DetectorError:
        told = {"detector": type(detector).__name__, "images": [each.image_id for each in images]}
        logger.exception("detector failed", extra=told)
        return {}
