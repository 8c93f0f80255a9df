"""The detector `rekognition`: Amazon Rekognition's DetectLabels, by S3 reference."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from domain.image import Image
from domain.recognition import Box, Detection, Model, Outcome, Recognition, Rejection
from recognition.detectors.runtime.detector import DetectorError, ThrottledError
from recognition.detectors.runtime.edge.derived_pictures import Place
from recognition.detectors.runtime.normalized import Normalised
from recognition.detectors.runtime.rate_limiter import RateLimiter

MOST_LABELS = 100
FLOOR_PERCENT = 10
_AT_ONCE = 10

REKOGNITION: dict[str, Any] = {"name": "rekognition-labels", "task": "detect", "license": "Amazon Rekognition"}
"""How GET /models describes it; its labels and version are Amazon's to say."""

LABEL_MODEL = Model(REKOGNITION["name"], "3.0")
"""Whose answers are used again. Where Amazon has another by now, every image is asked about until it stands here."""

_READS = "Rekognition reads JPEG and PNG of 80 to 10,000 pixels a side, up to 15 MB."
_UNREADABLE = ("unsupported_format", "too_large")
_FINAL = {
    "InvalidImageFormatException": Rejection("unsupported_format", _READS),
    "InvalidParameterException": Rejection("unsupported_format", _READS),
    "ImageTooLargeException": Rejection("too_large", _READS),
    "InvalidS3ObjectException": Rejection("no_such_object", "The object was gone, or not ours to read."),
}
"""https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html#API_DetectLabels_Errors"""

_THROTTLED = {"ThrottlingException", "ProvisionedThroughputExceededException"}
"""What of the same page is nobody's fault but the rate's."""

TIMEOUTS: dict[str, Any] = {
    "connect_timeout": 3,
    "read_timeout": 9,
    "retries": {"mode": "adaptive", "total_max_attempts": 2},
}
"""How its client waits: 24 s for two attempts, and between calls as long as Rekognition's throttling asks for.

That is 2 s at the most, so that a batch of ten that is throttled throughout takes 40 s.
"""

PROMPT, MAKING = 2, 12
"""Seconds within which it has to refuse an image for that image to be made readable at once, and what this may take."""

logger = Logger(child=True)


class RekognitionDetector:
    """Asks Rekognition, image by image, several at once; what it cannot read, once more in a form that it can.

    `throttled` are the images of the batch that it, or the edge function that makes them readable, had no time for;
    `turns` keep its calls apart.
    """

    slowest = 45.0

    def __init__(self, rekognition: Any, normalised: Normalised, throttled: set[Image], turns: RateLimiter) -> None:
        self._rekognition, self._normalised, self._throttled = rekognition, normalised, throttled
        self._turns = turns

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """See `Detector`; Rekognition has one model, so `model` changes nothing."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            outcomes = list(zip(images, pool.map(self._ask, images), strict=True))
        self._turns.end()
        return {image: outcome for image, outcome in outcomes if outcome}

    def _ask(self, image: Image) -> Outcome | None:
        self._turns.take()
        begun = time.monotonic()
        outcome = self._look(image.location, image)
        if not (isinstance(outcome, Rejection) and outcome.code in _UNREADABLE):
            return outcome
        place = self._readable(image) if time.monotonic() - begun < PROMPT else None
        if not isinstance(place, dict):
            return place
        self._turns.take()
        return self._look(place, image)

    def _readable(self, image: Image) -> Place | Rejection | None:
        try:
            return self._normalised.of(image)
        except DetectorError as error:
            self._throttled.update({image} if isinstance(error, ThrottledError) else ())
            return None

    def _look(self, place: Mapping[str, str], image: Image) -> Outcome | None:
        version = {"Version": place["VersionId"]} if "VersionId" in place else {}
        begun = time.monotonic()
        try:
            answer = self._rekognition.detect_labels(
                Image={"S3Object": {"Bucket": place["Bucket"], "Name": place["Key"]} | version},
                MaxLabels=MOST_LABELS,
                MinConfidence=FLOOR_PERCENT,
            )
        except ClientError as error:
            return self._refusal(error.response["Error"]["Code"], image)
        except BotoCoreError as error:
            return self._refusal(type(error).__name__, image)
        return recognition_from(answer, round((time.monotonic() - begun) * 1000))

    def _refusal(self, code: str, image: Image) -> Rejection | None:
        logger.warning("rekognition could not answer", extra={"code": code, "correlation_id": image.image_id})
        self._throttled.update({image} if code in _THROTTLED else ())
        return _FINAL.get(code)


def recognition_from(answer: Mapping[str, Any], duration_ms: int) -> Recognition:
    """Rekognition's answer in our terms: percent become fractions, each instance a Detection with its Box."""
    return Recognition(
        detector="rekognition",
        model=Model(REKOGNITION["name"], answer["LabelModelVersion"]),
        detections=tuple(seen for label in answer["Labels"] for seen in _detections(label)),
        duration_ms=duration_ms,
    )


def _detections(label: Mapping[str, Any]) -> Iterator[Detection]:
    for instance in label.get("Instances", ()):
        box = {name.lower(): value for name, value in instance["BoundingBox"].items()}
        yield Detection(label["Name"], instance["Confidence"] / 100, Box(**box))
    if not label.get("Instances"):
        yield Detection(label["Name"], label["Confidence"] / 100)
