"""A Rekognition server that speaks the real protocol, finds a cat on every picture, and can be throttled."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

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
RESPONSES = {
    "RekognitionService.DetectLabels": LABELS,
    "RekognitionService.DetectModerationLabels": MODERATION_LABELS,
}


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

    def respond(self, target: str, request: dict[str, Any]) -> tuple[int, dict[str, object]]:
        """Record a call; return its status and body."""
        if target not in RESPONSES:
            return 400, {"__type": "UnknownOperationException"}
        key = request["Image"]["S3Object"]["Name"]
        (self.busy_keys if key.endswith(self.busy) else self.keys).append(key)
        refusal = self.refusal or self._refusal(key)
        return (400, {"__type": refusal, "Message": "No."}) if refusal else (200, RESPONSES[target])

    def _refusal(self, key: str) -> str | None:
        if key.endswith(self.unreadable):
            return "InvalidImageFormatException"
        throttled = 0 < self.busy_keys.count(key) <= TIMEOUTS["retries"]["total_max_attempts"]
        return "ThrottlingException" if throttled else None


def handler(rekognition: Rekognition) -> Callable[..., BaseHTTPRequestHandler]:
    """Return the HTTP handler of a server that records its calls here."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Respond to one call."""
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, fields = rekognition.respond(self.headers["X-Amz-Target"], request)
            body = json.dumps(fields).encode()
            self.send_response_only(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
