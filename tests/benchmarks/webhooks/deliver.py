"""Webhooks: posts per processor second of deliver ÷ a bare `http.client` loop that signs and posts the same bodies.

Both keep their connections alive, over TLS with certificates checked, to one server in a process of its own. The
deliver function's own handler gets batches of ten fresh deliveries as from SQS. All of its work for a batch counts, the
log lines and its one request to DynamoDB included; the same server responds to that request at once. The two take turns
in one process, and its processor time is measured. A round trip is the wall time of one bare post to a subscriber that
responds after 50 ms.
"""

import base64
import hashlib
import hmac
import http.client
import importlib
import json
import os
import ssl
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any
from unittest import mock

from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime import signature
from integration.subscriptions.runtime.subscription import Subscription
from tests.benchmarks.figure import Figure
from tests.benchmarks.start import ENVIRONMENT
from tests.benchmarks.webhooks.tls_receiver import SLOW, Receiver, receiver
from tests.builders import image, recognition, sqs_event

BATCH, BATCHES, ROUNDS, TRIPS = 10, 40, 15, 30
KEY = b"k" * 64
FAST = "/fast"


def figures() -> list[Figure]:
    """Return both ratios, and the rates with and without the log."""
    with receiver() as server:
        seconds_per_post = _child(server)
    bare, whole, posting = (statistics.median(seconds_per_post[name]) for name in ("bare", "whole", "posting"))
    ratio, without_log = (
        statistics.median(a / b for a, b in zip(seconds_per_post["bare"], seconds_per_post[name], strict=True))
        for name in ("whole", "posting")
    )
    trips = statistics.median(a / b for a, b in zip(seconds_per_post["batch"], seconds_per_post["trip"], strict=True))
    return [
        Figure("deliver: posts ÷ those of a signing http.client loop", ratio, at_least=0.45),
        Figure("deliver without its request to DynamoDB: the same ratio", without_log),
        Figure("a batch of 10 to a subscriber that takes 50 ms", trips, at_most=1.15, unit="trips"),
        Figure("a signing http.client loop", 1 / bare, unit="post/s"),
        Figure("deliver", 1 / whole, unit="post/s"),
        Figure("deliver without its request to DynamoDB", 1 / posting, unit="post/s"),
    ]


def _child(server: Receiver) -> dict[str, list[float]]:
    environment = ENVIRONMENT | {
        "PATH": os.environ["PATH"],
        "AWS_CA_BUNDLE": str(server.authority),
        "AWS_ENDPOINT_URL": server.aws,
        "LOOPBACK": "true",
        "SSL_CERT_FILE": str(server.authority),
    }
    command = [sys.executable, "-m", "tests.benchmarks.webhooks.deliver", server.url]
    output = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    taken: dict[str, list[float]] = json.loads(output)
    return taken


def _measured(url: str) -> dict[str, list[float]]:
    """In the child, measure seconds per post of each kind in turns, then wall times of a bare post and a batch."""
    deliver = importlib.import_module("integration.deliver.runtime.handler")
    bare = _Bare(url)
    turns: dict[str, Callable[[Sequence[Delivery]], Callable[[], object]]] = {
        "bare": lambda batch: lambda: bare.post(batch),
        "whole": lambda batch: _handling(deliver, batch),
        "posting": lambda batch: _unlogged(deliver, batch),
    }
    taken: dict[str, list[float]] = {}
    for turn in range(ROUNDS + 1):
        for name, posting in turns.items():
            batches = (_batch(url + FAST) for _ in range(BATCHES))  # made just before it is posted, so that it is fresh
            seconds = sum(_seconds(time.process_time, posting(batch)) for batch in batches)
            taken.setdefault(name, []).extend([seconds / BATCH / BATCHES] if turn else [])
    for trip in range(TRIPS + 1):
        batch = _batch(url + SLOW)
        one = _seconds(time.perf_counter, lambda: bare.post(batch[:1]))  # noqa: B023
        ten = _seconds(time.perf_counter, _handling(deliver, batch))
        for name, seconds in (("trip", one), ("batch", ten)):
            taken.setdefault(name, []).extend([seconds] if trip else [])
    return taken


def _seconds(clock: Callable[[], float], work: Callable[[], object]) -> float:
    begun = clock()
    work()
    return clock() - begun


def _batch(url: str) -> list[Delivery]:
    """Return fresh deliveries, each about an image of its own."""
    subscription = Subscription("public", f"sub_{0:032x}", url)
    events = [
        Event.recognized(image(image_id=f"img_{n:032x}"), recognition(), "2026-11-20T17:00:01.000Z")
        for n in range(BATCH)
    ]
    return [Delivery.of(event, subscription, int(time.time())) for event in events]


def _handling(deliver: Any, batch: Sequence[Delivery]) -> Callable[[], object]:
    event = sqs_event(*(delivery.to_json() for delivery in batch))

    def handle() -> None:
        assert deliver.handler(event, None) == {"batchItemFailures": []}

    return handle


def _unlogged(deliver: Any, batch: Sequence[Delivery]) -> Callable[[], object]:
    return mock.patch.object(deliver.stores().log, "write", list)(_handling(deliver, batch))


class _Bare:
    """The least loop that posts verifiable bodies to a subscriber."""

    def __init__(self, url: str) -> None:
        context = ssl.create_default_context()
        self._link = http.client.HTTPSConnection(url.removeprefix("https://"), context=context)
        self._secret = base64.b64decode(signature.secret(KEY, f"sub_{0:032x}", 1).removeprefix("whsec_"))

    def post(self, batch: Sequence[Delivery]) -> None:
        """Sign and post every body."""
        for delivery in batch:
            at = str(int(time.time()))
            signed = hmac.digest(self._secret, f"{delivery.delivery_id}.{at}.{delivery.body}".encode(), hashlib.sha256)
            headers = {
                "content-type": "application/json",
                "webhook-id": delivery.delivery_id,
                "webhook-timestamp": at,
                "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
            }
            self._link.request("POST", delivery.subscription.url[-5:], delivery.body.encode(), headers)
            response = self._link.getresponse()
            assert response.status == 204
            response.read()


if __name__ == "__main__":
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where the attempts are logged
    json.dump(_measured(sys.argv[1]), output)
    output.close()
