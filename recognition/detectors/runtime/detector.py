"""A Detector: what is asked to see."""

from collections.abc import Sequence
from typing import Protocol

from aws_lambda_powertools import Logger

from domain.image import Image
from domain.recognition import Outcome

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


def outcomes_of(detector: Detector, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
    """What the detector says of the images; nothing when it fails as a whole."""
    try:
        return detector.detect(images, model)
    except DetectorError:
        told = {"detector": type(detector).__name__, "images": [each.image_id for each in images]}
        logger.exception("detector failed", extra=told)
        return {}
