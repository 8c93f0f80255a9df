"""The protocol of detectors, and the errors that they raise."""

from collections.abc import Sequence
from typing import Protocol

from aws_lambda_powertools import Logger

from domain.image import Image
from domain.recognition import Outcome

logger = Logger(child=True)


class DetectorError(Exception):
    """A detector failed for all images; the text names the reason."""


class ThrottledError(DetectorError):
    """A detector is throttled, which is no fault of any image."""


class Detector(Protocol):
    """A detector. `max_seconds` is the longest time that one call may take."""

    max_seconds: float

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """Return a recognition or a final rejection for each image; an image that is left out may be tried again.

        Raises DetectorError.
        """


def outcomes_of(detector: Detector, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
    """Return the detector's outcomes, none if it raises DetectorError."""
    try:
        return detector.detect(images, model)
    except DetectorError:
        extra = {"detector": type(detector).__name__, "images": [image.image_id for image in images]}
        logger.exception("detector failed", extra=extra)
        return {}
