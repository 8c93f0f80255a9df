"""Fake clients of the edge function and of Rekognition, and detectors that use them."""

import io
import json
from typing import Any

from botocore.exceptions import ClientError

from domain.image import Image
from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.edge.normalized import NormalizedImages
from recognition.detectors.runtime.labels import LABELS
from recognition.detectors.runtime.rate_limiter import RateLimiter
from recognition.detectors.runtime.rekognition import RekognitionAccess, RekognitionDetector
from tests.builders import image

CAT, DOG = image(), image("dog.jpg", image_id="img_0193f2a5c0ff99999999999999999999")
DERIVED = {"results": [{"size": {"width": 80, "height": 80}, "bytes": 900}]}
"""The edge function's response after it has derived a picture."""


class Lambda:
    """A Lambda client with one response."""

    def __init__(self, payload: object, **fields: object) -> None:
        self.response = {"Payload": io.BytesIO(json.dumps(payload).encode())} | fields
        self.requests: list[dict[str, Any]] = []

    def invoke(self, **arguments: Any) -> dict[str, Any]:
        self.requests.append(json.loads(arguments["Payload"]))
        return self.response


class FailingLambda:
    """A Lambda client that raises an error, given as an exception or as the code of a ClientError."""

    def __init__(self, error: str | Exception) -> None:
        self.error = ClientError({"Error": {"Code": error}}, "Invoke") if isinstance(error, str) else error

    def invoke(self, **arguments: Any) -> None:
        raise self.error


class Rekognition:
    """A Rekognition client with one label per image, or an error (or its code) by the name of the object."""

    def __init__(self, **errors: str | Exception) -> None:
        self.errors = errors

    def detect_labels(self, **arguments: Any) -> dict[str, Any]:
        name = arguments["Image"]["S3Object"]["Name"].rsplit("/", 1)[-1].removesuffix(".jpg")
        if name in self.errors:
            error = self.errors[name]
            raise ClientError({"Error": {"Code": error}}, "DetectLabels") if isinstance(error, str) else error
        return {"LabelModelVersion": "3.0", "Labels": [{"Name": name, "Confidence": 91.5, "Instances": []}]}


def edge_detector(lambda_: Any) -> EdgeDetector:
    """Return an edge detector with this client."""
    return EdgeDetector(lambda_, "edge")


def rekognition_detector(
    rekognition: Any, lambda_: Any, throttled: set[Image] | None = None, rate_limiter: RateLimiter | None = None
) -> RekognitionDetector:
    """Return the detector `rekognition` with these clients of Rekognition and of Lambda."""
    normalized = NormalizedImages(edge_detector(lambda_), "derived")
    throttled = set() if throttled is None else throttled
    access = RekognitionAccess(rekognition, rate_limiter or RateLimiter(0, lambda: 0.0))
    return RekognitionDetector(LABELS, access, normalized, throttled)
