"""A Rekognition server that speaks the real protocol and fails as the real one may; it records each call."""

import json
import random
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any, NotRequired, TypedDict

from domain.ids import digest

PAID = "responded"
LOST = "response lost on the way"
THROTTLED = ("ThrottlingException", "ProvisionedThroughputExceededException")
FAILED = "InternalServerError"
NO_PICTURE = "InvalidImageFormatException"
OUTCOMES = {PAID: 80, "slow": 4, LOST: 5, THROTTLED[0]: 4, THROTTLED[1]: 3, FAILED: 4}
"""The percentage of calls with each outcome; in a storm nine of ten calls are throttled."""
SLOWEST = 1.5
_RESET = struct.pack("ii", 1, 0)
_SEEN = (("Cat", 97.5), ("Dog", 93.1), ("Cow", 61.0))


class DetectLabels(TypedDict):
    """The part of a DetectLabels request that this server reads."""

    Image: "ImageParameter"


class ImageParameter(TypedDict):
    """The image parameter of a request."""

    S3Object: "StoredObject"


class StoredObject(TypedDict):
    """An object in S3, as a request names it."""

    Name: str
    Version: NotRequired[str]


@dataclass(frozen=True)
class Call:
    """One DetectLabels call: its moment, the version of the object, and its outcome."""

    at: float
    key: str
    version: str
    outcome: str

    @property
    def paid(self) -> bool:
        """True if AWS would bill the call."""
        return self.outcome in (PAID, LOST)


@dataclass
class Rekognition:
    """The recorded calls and the current behavior: `storm` throttles most calls, `calm` none."""

    dice: random.Random
    calls: list[Call] = field(default_factory=list)
    storm: bool = False
    calm: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, request: DetectLabels) -> tuple[Call, float]:
        """Record a call; return it and the seconds until its response."""
        stored = request["Image"]["S3Object"]
        key, version = stored["Name"], stored.get("Version", "")
        with self._lock:
            outcome, seconds = self._outcome(key), 0.005
            if outcome == "slow":
                outcome, seconds = PAID, self.dice.uniform(0.3, SLOWEST)
            call = Call(time.time(), key, version, outcome)
            self.calls.append(call)
        return call, seconds

    def _outcome(self, key: str) -> str:
        if "broken" in key:
            return NO_PICTURE
        if self.calm:
            return PAID
        if self.storm and self.dice.random() < 0.9:
            return self.dice.choice(THROTTLED)
        return self.dice.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]


def labels(key: str) -> dict[str, object]:
    """Return the response about an object: it depends on the key alone."""
    name, confidence = _SEEN[int(digest(key)[:4], 16) % len(_SEEN)]
    return {"LabelModelVersion": "3.0", "Labels": [{"Name": name, "Confidence": confidence, "Instances": []}]}


def handler(rekognition: Rekognition) -> Callable[..., BaseHTTPRequestHandler]:
    """Return the HTTP handler of a server that records its calls here."""
    return partial(_Handler, rekognition)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, rekognition: Rekognition, *args: Any) -> None:
        self._rekognition = rekognition
        super().__init__(*args)

    def handle(self) -> None:
        """Ignore a caller that is killed during its call."""
        with suppress(OSError):
            super().handle()

    def do_POST(self) -> None:
        """Respond to one call."""
        if body := self.rfile.read(int(self.headers["Content-Length"])):
            self._respond(*self._rekognition.call(json.loads(body)))

    def _respond(self, call: Call, seconds: float) -> None:
        time.sleep(seconds)
        if call.paid:
            self._send(200, labels(call.key), whole=call.outcome == PAID)
        else:
            self._send(500 if call.outcome == FAILED else 400, {"__type": call.outcome, "message": "No."})

    def _send(self, status: int, fields: dict[str, object], *, whole: bool = True) -> None:
        body = json.dumps(fields).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if whole else body[: len(body) // 2])
        if not whole:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
