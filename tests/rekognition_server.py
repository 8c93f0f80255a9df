"""A Rekognition server that speaks the real protocol, finds a cat on every picture, and can be throttled."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from local.loopback import Handler
from local.rekognition.protocol import RekognitionError, RekognitionHandler
from recognition.detectors.runtime.rekognition import TIMEOUTS

LABELS: dict[str, object] = {
    "LabelModelVersion": "3.0",
    "Labels": [
        {
            "Name": "Cat",
            "Confidence": 97.5,
            "Instances": [{"BoundingBox": {"Width": 0.5, "Height": 0.25, "Left": 0.1, "Top": 0.2}, "Confidence": 96.5}],
        }
    ],
}

MODERATION_LABELS: dict[str, object] = {
    "ModerationModelVersion": "7.0",
    "ModerationLabels": [
        {"Name": "Weapon Violence", "Confidence": 93.12, "ParentName": "Violence", "TaxonomyLevel": 3},
        {"Name": "Violence", "Confidence": 93.12, "ParentName": "Visually Disturbing", "TaxonomyLevel": 2},
        {"Name": "Visually Disturbing", "Confidence": 93.12, "ParentName": "", "TaxonomyLevel": 1},
    ],
}
RESPONSES = {"DetectLabels": LABELS, "DetectModerationLabels": MODERATION_LABELS}


@dataclass
class Rekognition:
    """The keys of all calls, the error code of every response (None for success), and endings of keys that fail.

    A key that ends with `unreadable` is no readable picture. A key that ends with `busy` is throttled at first; such
    calls have a list of their own, because their retries come at any time, during other tests.
    """

    keys: list[str] = field(default_factory=list)
    refusal: str | None = None
    unreadable: str = "no ending"
    busy: str = "no ending"
    busy_keys: list[str] = field(default_factory=list)

    def respond(self, operation: str, request: dict[str, Any]) -> dict[str, object]:
        """Record a call, and return the fields of its response; raises RekognitionError."""
        if operation not in RESPONSES:
            raise RekognitionError("UnknownOperationException", operation)
        key = request["Image"]["S3Object"]["Name"]
        (self.busy_keys if key.endswith(self.busy) else self.keys).append(key)
        if refusal := self.refusal or self._refusal(key):
            raise RekognitionError(refusal, "No.")
        return RESPONSES[operation]

    def _refusal(self, key: str) -> str | None:
        if key.endswith(self.unreadable):
            return "InvalidImageFormatException"
        throttled = 0 < self.busy_keys.count(key) <= TIMEOUTS["retries"]["total_max_attempts"]
        return "ThrottlingException" if throttled else None


def handler(rekognition: Rekognition) -> Handler:
    """Return the HTTP handler of a server that records its calls here."""
    return partial(RekognitionHandler, rekognition)
