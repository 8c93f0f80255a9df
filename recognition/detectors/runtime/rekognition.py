"""Detectors that call Amazon Rekognition, by S3 reference, one image per call."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from domain.detectors import DETECTORS, DetectorSpecError
from domain.image import Image
from domain.recognition import Detection, Model, Outcome, Recognition, Rejection
from recognition.detectors.runtime.detector import DetectorError, ThrottledError
from recognition.detectors.runtime.edge.derived_pictures import S3Location
from recognition.detectors.runtime.edge.normalized import NormalizedImages
from recognition.detectors.runtime.rate_limiter import RateLimiter
from wire.aws.client import client, lazy

if TYPE_CHECKING:
    from types_boto3_rekognition.client import RekognitionClient
    from types_boto3_rekognition.type_defs import S3ObjectTypeDef
    from types_boto3_s3.type_defs import HeadObjectRequestTypeDef

_THREADS = 10

_FORMATS = "Rekognition reads JPEG and PNG of 80 to 10,000 pixels a side, up to 15 MB."
_UNREADABLE = ("unsupported_format", "too_large")
_FINAL = {
    "InvalidImageFormatException": Rejection("unsupported_format", _FORMATS),
    "InvalidParameterException": Rejection("unsupported_format", _FORMATS),
    "ImageTooLargeException": Rejection("too_large", _FORMATS),
}
"""https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html#API_DetectLabels_Errors"""

_UNREAD = "InvalidS3ObjectException"
"""The error code of an object that does not exist, and of one that Rekognition may not read, now or ever."""

_THROTTLED = {"ThrottlingException", "ProvisionedThroughputExceededException"}
"""Error codes of the same page that the rate of calls causes, not the image."""

TIMEOUTS: dict[str, Any] = {
    "connect_timeout": 3,
    "read_timeout": 9,
    "retries": {"mode": "adaptive", "total_max_attempts": 2},
}
"""The client's timeouts: 24 s for two attempts, plus the pauses between calls that Rekognition's throttling requires.

A pause takes at most 2 s, so a batch of ten images that is throttled throughout takes 40 s.
"""

QUICK_REFUSAL_SECONDS = 2
"""An image is normalized only if Rekognition refuses the original within this time."""
NORMALIZE_SECONDS = 12
"""The longest time that normalizing an image may take."""

logger = Logger(child=True)


class OperationResult(NamedTuple):
    """The version of Amazon's model, and its detections."""

    version: str
    detections: tuple[Detection, ...]


class Operation(NamedTuple):
    """One operation of Rekognition: the name of its detector, and the function that calls it."""

    detector: str
    call: "Callable[[RekognitionClient, S3ObjectTypeDef], OperationResult]"

    def model(self, version: str = "") -> Model:
        """Return Amazon's model of this version, by default the declared one; raises DetectorSpecError."""
        api = DETECTORS[self.detector].rekognition
        if api is None:
            raise DetectorSpecError(f"The detector {self.detector!r} declares no operation of Rekognition.")
        return Model(api.model, version or api.version)


class RekognitionAccess(NamedTuple):
    """Rekognition's client and its rate limiter, which the detectors of a deployment share."""

    client: "RekognitionClient"
    rate_limiter: RateLimiter

    @classmethod
    def with_pause(cls, pause: float) -> Self:
        """Return a client, and a rate limiter that keeps its calls at least `pause` seconds apart."""
        return cls(client("rekognition", **TIMEOUTS), RateLimiter(pause))


class RekognitionDetector:
    """Calls one operation of Rekognition for several images at once; normalizes images of refused formats and retries.

    `throttled` collects the images of the batch for which Rekognition, or the edge function that normalizes them, was
    throttled.
    """

    max_seconds = 45.0

    def __init__(
        self,
        operation: Operation,
        access: RekognitionAccess,
        normalized: NormalizedImages,
        throttled: set[Image],
    ) -> None:
        self._operation, self._normalized, self._throttled = operation, normalized, throttled
        self._rekognition, self._rate_limiter = access
        self._model = operation.model()
        self._clock = access.rate_limiter.clock

    def current_model(self) -> Model:
        """Return Amazon's model: that of the last response, before the first one the declared one."""
        return self._model

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """See `Detector`; `model` has no effect, because Rekognition has one model."""
        with ThreadPoolExecutor(_THREADS) as pool:
            outcomes = list(zip(images, pool.map(self._detect_one, images), strict=True))
        self._rate_limiter.drain()
        return {image: outcome for image, outcome in outcomes if outcome}

    def _detect_one(self, image: Image) -> Outcome | None:
        self._rate_limiter.wait()
        started = self._clock()
        outcome = self._call(_original(image), image)
        if not (isinstance(outcome, Rejection) and outcome.code in _UNREADABLE):
            return outcome
        quick = self._clock() - started < QUICK_REFUSAL_SECONDS
        location = self._normalize(image) if quick else None
        if location is None or isinstance(location, Rejection):
            return location
        self._rate_limiter.wait()
        return self._call({"Bucket": location["Bucket"], "Name": location["Key"]}, image)

    def _normalize(self, image: Image) -> S3Location | Rejection | None:
        try:
            return self._normalized.location(image)
        except DetectorError as error:
            if isinstance(error, ThrottledError):
                self._throttled.add(image)
            return None

    def _call(self, picture: "S3ObjectTypeDef", image: Image) -> Outcome | None:
        started = self._clock()
        try:
            version, detections = self._operation.call(self._rekognition, picture)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            refusal = self._refusal(code, image)
            return _rejected_if_deleted(picture, image) if code == _UNREAD else refusal
        except BotoCoreError as error:
            return self._refusal(type(error).__name__, image)
        milliseconds = round((self._clock() - started) * 1000)
        bounded = tuple(detection.bounded() for detection in detections)
        self._model = self._operation.model(version)
        return Recognition(self._operation.detector, self._model, bounded, milliseconds)

    def _refusal(self, code: str, image: Image) -> Rejection | None:
        logger.warning("rekognition returned an error", extra={"code": code, "correlation_id": image.image_id})
        if code in _THROTTLED:
            self._throttled.add(image)
        return _FINAL.get(code)


def _original(image: Image) -> "S3ObjectTypeDef":
    location = image.location
    picture: S3ObjectTypeDef = {"Bucket": location["Bucket"], "Name": location["Key"]}
    return {**picture, "Version": location["VersionId"]} if "VersionId" in location else picture


def _rejected_if_deleted(picture: "S3ObjectTypeDef", image: Image) -> Rejection | None:
    """Return the rejection of an object that S3 does not have; None if it has it, or does not say.

    Rekognition has the same error for an object that it may not read, which a missing grant or a key of KMS causes: to
    reject these images would be final.
    """
    location: HeadObjectRequestTypeDef = {"Bucket": picture["Bucket"], "Key": picture["Name"]}
    if "Version" in picture:
        location["VersionId"] = picture["Version"]
    try:
        lazy("s3").head_object(**location)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return Rejection("no_such_object", "The object was deleted before it could be read.")
    except BotoCoreError:
        logger.exception("object not looked up", extra={"correlation_id": image.image_id})
    return None
