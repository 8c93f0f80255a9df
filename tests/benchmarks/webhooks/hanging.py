"""Webhooks: time until a healthy subscriber is notified while another one hangs ÷ the same time without the other.

In the deployed app, from the event's own timestamp to the subscriber's receipt. Images come at an even pace, in turns:
with the healthy subscription alone, and with a new one beside it, of the same owner, whose server accepts each request
and never responds. Every turn starts with the first event for the hanging one, so most of the time measured is before
its circuit opens. The first pair of turns starts the workers and is not counted.
"""

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import requests

from domain.clock import now
from domain.image import image_key, new_image_id
from local.deployment import Deployment, deployed
from local.loopback import serving
from tests.benchmarks.figure import Figure
from tests.photographs import photograph
from tests.ports import free_port

ROUNDS, IMAGES, APART = 6, 30, 0.4
LONGEST = 60
ALONE, BESIDE = "alone", "beside a hanging one"


@dataclass
class Subscribers:
    """One server for both subscribers: it responds to /healthy at once and to /hanging never."""

    url: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def receive(self, body: bytes) -> None:
        """Record how many seconds after its timestamp an image's event was received first."""
        event = json.loads(body)
        happened = datetime.fromisoformat(event["timestamp"]).timestamp()
        self.seconds.setdefault(event["data"]["image_id"], time.time() - happened)


def figures() -> list[Figure]:
    """Return the ratio of medians, and the times themselves."""
    seconds_by_kind = _turns()
    median = {kind: statistics.median(times) for kind, times in seconds_by_kind.items()}
    late = {kind: statistics.quantiles(times, n=20)[-1] for kind, times in seconds_by_kind.items()}
    return [
        Figure(
            "healthy subscriber notified: beside a hanging one ÷ alone", median[BESIDE] / median[ALONE], at_most=1.1
        ),
        *(
            Figure(f"healthy subscriber notified {kind}: median", 1000 * seconds, unit="ms")
            for kind, seconds in median.items()
        ),
        *(
            Figure(f"healthy subscriber notified {kind}: 95 %", 1000 * seconds, unit="ms")
            for kind, seconds in late.items()
        ),
    ]


def _turns() -> dict[str, list[float]]:
    with (
        _subscribers() as subscribers,
        tempfile.TemporaryDirectory() as directory,
        deployed(Path(directory), free_port()) as deployment,
    ):
        _subscribe(deployment, f"{subscribers.url}/healthy")
        turns = {ALONE: partial(_notified, deployment, subscribers), BESIDE: partial(_beside, deployment, subscribers)}
        taken: dict[str, list[float]] = {kind: [] for kind in turns}
        for n in range(ROUNDS + 1):
            for kind in (ALONE, BESIDE)[:: 1 if n % 2 else -1]:
                seconds = turns[kind]()
                taken[kind] += seconds if n else []
    return taken


def _beside(deployment: Deployment, subscribers: Subscribers) -> list[float]:
    """Measure while another subscriber hangs, and release the requests that it holds afterwards."""
    hanging = _subscribe(deployment, f"{subscribers.url}/hanging")
    seconds = _notified(deployment, subscribers)
    requests.delete(f"{deployment.endpoints.api}/webhooks/{hanging}", timeout=60).raise_for_status()
    subscribers.over.set()
    time.sleep(2)
    subscribers.over.clear()
    return seconds


def _notified(deployment: Deployment, subscribers: Subscribers) -> list[float]:
    """Put images into the bucket at an even pace; return the seconds until each event was received."""
    s3: Any = deployment.client("s3")
    ids = [new_image_id(now()) for _ in range(IMAGES)]
    begun = time.monotonic()
    for n, image_id in enumerate(ids):
        time.sleep(max(0.0, begun + n * APART - time.monotonic()))
        key = image_key("public", image_id, "cat.jpg")
        body = photograph() + key.encode()  # equal bytes would be cached
        s3.put_object(Bucket=deployment.endpoints.images_bucket, Key=key, Body=body)
    deadline = time.monotonic() + LONGEST
    while not subscribers.seconds.keys() >= set(ids):
        assert time.monotonic() < deadline, f"{len(set(ids) - subscribers.seconds.keys())} events are missing"
        time.sleep(0.05)
    return [subscribers.seconds[image_id] for image_id in ids]


def _subscribe(deployment: Deployment, url: str) -> str:
    response = requests.post(f"{deployment.endpoints.api}/webhooks", json={"url": url}, timeout=60)
    response.raise_for_status()
    return str(response.json()["webhook_id"])


@contextmanager
def _subscribers() -> Iterator[Subscribers]:
    subscribers = Subscribers()

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Record a webhook, or hang."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/hanging":
                subscribers.over.wait(LONGEST)
                self.close_connection = True
                return
            subscribers.receive(body)
            self.send_response_only(204)
            self.end_headers()

    with serving(Receiver) as subscribers.url:
        yield subscribers
        subscribers.over.set()
