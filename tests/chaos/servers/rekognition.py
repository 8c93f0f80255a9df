"""A Rekognition that speaks the real protocol and fails as the real one may; its book says what it was paid for."""

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
from typing import Any

from domain.ids import digest

PAID = "answered"
LOST = "answered, and the answer lost on the way"
THROTTLED = ("ThrottlingException", "ProvisionedThroughputExceededException")
FAILED = "InternalServerError"
NO_PICTURE = "InvalidImageFormatException"
MANNERS = {PAID: 80, "slow": 4, LOST: 5, THROTTLED[0]: 4, THROTTLED[1]: 3, FAILED: 4}
"""How often of a hundred calls each comes; in a storm nine of ten are throttled."""
SLOWEST = 1.5
_RESET = struct.pack("ii", 1, 0)
_SEEN = (("Cat", 97.5), ("Dog", 93.1), ("Cow", 61.0))


@dataclass(frozen=True)
class Call:
    """One DetectLabels: when it came, about which version of which object, and what came of it."""

    at: float
    key: str
    version: str
    manner: str

    @property
    def paid(self) -> bool:
        """Whether AWS would have it on the bill."""
        return self.manner in (PAID, LOST)


@dataclass
class Detector:
    """The book, the dice, and whether there is a storm; `calm` answers everything."""

    dice: random.Random
    calls: list[Call] = field(default_factory=list)
    storm: bool = False
    calm: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, asked: dict[str, Any]) -> tuple[Call, float]:
        """What comes of a call, and after how long; written down."""
        key, version = asked["Image"]["S3Object"]["Name"], asked["Image"]["S3Object"].get("Version", "")
        with self._lock:
            manner, seconds = self._manner(key), 0.005
            if manner == "slow":
                manner, seconds = PAID, self.dice.uniform(0.3, SLOWEST)
            call = Call(time.time(), key, version, manner)
            self.calls.append(call)
        return call, seconds

    def _manner(self, key: str) -> str:
        if "broken" in key:
            return NO_PICTURE
        if self.calm:
            return PAID
        if self.storm and self.dice.random() < 0.9:
            return self.dice.choice(THROTTLED)
        return self.dice.choices(list(MANNERS), list(MANNERS.values()))[0]


def labels(key: str) -> dict[str, Any]:
    """What is seen on an object: always the same, and not on all the same."""
    name, confidence = _SEEN[int(digest(key)[:4], 16) % len(_SEEN)]
    return {"LabelModelVersion": "3.0", "Labels": [{"Name": name, "Confidence": confidence, "Instances": []}]}


def handler(detector: Detector) -> Callable[..., BaseHTTPRequestHandler]:
    """The HTTP handler of a server that keeps this book."""
    return partial(_Handler, detector)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, detector: Detector, *args: Any) -> None:
        self._detector = detector
        super().__init__(*args)

    def handle(self) -> None:
        """Whoever asks may be killed over it."""
        with suppress(OSError):
            super().handle()

    def do_POST(self) -> None:
        """Answer one call."""
        if body := self.rfile.read(int(self.headers["Content-Length"])):
            self._answer(*self._detector.answer(json.loads(body)))

    def _answer(self, call: Call, seconds: float) -> None:
        time.sleep(seconds)
        if call.paid:
            self._send(200, labels(call.key), whole=call.manner == PAID)
        else:
            self._send(500 if call.manner == FAILED else 400, {"__type": call.manner, "message": "No."})

    def _send(self, status: int, said: dict[str, Any], *, whole: bool = True) -> None:
        body = json.dumps(said).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if whole else body[: len(body) // 2])
        if not whole:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
