"""A Rekognition on this machine that speaks the real protocol, sees a cat on everything, and can be throttled."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from recognition.detectors.runtime.rekognition import TIMEOUTS

SEEN = {
    "LabelModelVersion": "3.0",
    "Labels": [
        {
            "Name": "Cat",
            "Confidence": 97.5,
            "Instances": [{"BoundingBox": {"Width": 0.5, "Height": 0.25, "Left": 0.1, "Top": 0.2}, "Confidence": 96.5}],
        }
    ],
}

MODERATION_LABELS = {
    "ModerationModelVersion": "7.0",
    "ModerationLabels": [
        {"Name": "Weapon Violence", "Confidence": 93.12, "ParentName": "Violence", "TaxonomyLevel": 3},
        {"Name": "Violence", "Confidence": 93.12, "ParentName": "Visually Disturbing", "TaxonomyLevel": 2},
        {"Name": "Visually Disturbing", "Confidence": 93.12, "ParentName": "", "TaxonomyLevel": 1},
    ],
}
RESPONSES = {
    "RekognitionService.DetectLabels": SEEN,
    "RekognitionService.DetectModerationLabels": MODERATION_LABELS,
}


@dataclass
class Book:
    """The keys it was asked about, the error code it refuses with, None while it answers, and endings of keys.

    What ends like `unreadable` it cannot read. For what ends like `busy` it has no time when first asked, and keeps a
    list of its own: it is asked again whenever that may be, in the midst of other tests.
    """

    keys: list[str] = field(default_factory=list)
    refusal: str | None = None
    unreadable: str = "no ending"
    busy: str = "no ending"
    busy_keys: list[str] = field(default_factory=list)

    def answer(self, target: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body."""
        if target not in RESPONSES:
            return 400, {"__type": "UnknownOperationException"}
        key = asked["Image"]["S3Object"]["Name"]
        (self.busy_keys if key.endswith(self.busy) else self.keys).append(key)
        refusal = self.refusal or self._refusal(key)
        return (400, {"__type": refusal, "Message": "No."}) if refusal else (200, RESPONSES[target])

    def _refusal(self, key: str) -> str | None:
        if key.endswith(self.unreadable):
            return "InvalidImageFormatException"
        throttled = 0 < self.busy_keys.count(key) <= TIMEOUTS["retries"]["total_max_attempts"]
        return "ThrottlingException" if throttled else None


def handler(book: Book) -> Callable[..., BaseHTTPRequestHandler]:
    """The HTTP handler of a server that keeps this book."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Answer one call."""
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, said = book.answer(self.headers["X-Amz-Target"], asked)
            body = json.dumps(said).encode()
            self.send_response_only(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
