"""Webhooks: AWS calls per delivery, without the log of attempts, as one owner's subscriptions grow from 1 to 1,000.

Counted under moto from botocore's own events: an event goes through dispatch, and the deliveries that it queues go
through deliver, ten at a time, to subscribers who accept them. The calls of the event source (receive, acknowledge) are
AWS's own. A batch of one event is the worst case: no other event shares its read and its sends; a queue under load
gives batches of ten. The clock is frozen: moto is so slow that deliveries would be read again.
"""

import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from unittest import mock

from moto import mock_aws

from domain.event import Event
from integration.deliveries.runtime.response import SubscriberResponse
from tests.benchmarks.calls import account, handler_of, quiet
from tests.benchmarks.figure import Figure
from tests.benchmarks.start import ENVIRONMENT
from tests.builders import Context, image, recognition, sqs_event
from wire.aws.session import session

BATCH = 10
LOG = "BatchWriteItem"
GROWTH = {1: (1, 10), 10: (1, 10), 100: (1, 10), 1000: (1,)}
"""Numbers of subscriptions, and the sizes of the batches of events; a batch of ten to 1,000 would take moto minutes."""


def figures() -> list[Figure]:
    """Return the calls per delivery and per event, at every size."""
    return [
        figure
        for subscriptions, sizes in GROWTH.items()
        for events in sizes
        for figure in _figures(subscriptions, events)
    ]


def _figures(subscriptions: int, events: int) -> list[Figure]:
    calls = count(subscriptions, events)
    logged = calls.pop(LOG)
    name = f"{subscriptions:>5} subscriptions, {events:>2} events at once: AWS calls"
    goal = None if subscriptions == events == 1 else 0.2  # a single delivery shares its calls with no other
    return [
        Figure(f"{name} per delivery", calls.total() / events / subscriptions, at_most=goal),
        Figure(f"{name} per event", calls.total() / events),
        Figure(f"{name} per event for the log", logged / events),
    ]


def count(subscriptions: int, events: int) -> Counter[str]:
    """Count the calls of dispatch and deliver; `events` and `subscriptions` are numbers of them."""
    urls = [f"https://{n}.example/hook" for n in range(subscriptions)]
    calls: Counter[str] = Counter()
    queued: list[str] = []
    with (
        mock_aws(),
        mock.patch.dict(os.environ, ENVIRONMENT | account(*urls)),
        mock.patch("time.time", return_value=time.time()),
        quiet(),
    ):
        session.cache_clear()
        session().register("before-call", lambda **call: calls.update([call["model"].name]))
        session().register("provide-client-params.sqs.SendMessageBatch", lambda **call: queued.extend(_bodies(call)))
        dispatch, deliver = (handler_of(f"integration.{unit}.runtime.handler") for unit in ("dispatch", "deliver"))
        deliver.connections.post = lambda *_: SubscriberResponse(204)
        _handled(dispatch, _events(events))
        assert len(queued) == events * subscriptions
        for start in range(0, len(queued), BATCH):
            _handled(deliver, queued[start : start + BATCH])
        session.cache_clear()
    del calls["GetSecretValue"]  # once in a worker's life
    return calls


def _bodies(call: Mapping[str, Any]) -> list[str]:
    return [entry["MessageBody"] for entry in call["params"]["Entries"]]


def _handled(module: Any, bodies: Sequence[str]) -> None:
    assert module.handler(sqs_event(*bodies), Context()) == {"batchItemFailures": []}


def _events(events: int) -> list[str]:
    """Return events, each about an image of its own."""
    images = [image(image_id=f"img_{n:032x}") for n in range(events)]
    return [Event.recognized(image, recognition(), "2026-11-20T17:00:01.000Z").to_json() for image in images]
