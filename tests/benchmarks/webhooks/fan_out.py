"""Webhooks: AWS calls for each delivery, beyond the log of attempts, as one owner's subscriptions grow from 1 to 1,000.

Counted under moto from botocore's own events: an event goes through dispatch, and the deliveries that it queues go
through deliver, ten at a time, to subscribers who take them. What the event source does (to receive, to acknowledge)
is the service's own. A batch of one event is the worst case: its look-up and its sends are shared by nobody; the
batch of ten is what a queue under load hands over. The clock stands still: moto would take so long that deliveries
were looked up anew.
"""

import io
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from typing import Any
from unittest import mock

from moto import mock_aws

from domain.event import Event
from integration.deliveries.runtime.response import Answer
from tests.benchmarks.calls import account, handler_of
from tests.benchmarks.figure import Figure
from tests.benchmarks.start import ENVIRONMENT
from tests.builders import Context, image, recognition, sqs_event
from wire.aws import client as aws

BATCH = 10
LOG = "BatchWriteItem"
GROWTH = {1: (1, 10), 10: (1, 10), 100: (1, 10), 1000: (1,)}
"""Subscriptions, and the sizes of the batches of events: of ten, each like the first, moto would take minutes."""


def figures() -> list[Figure]:
    """Calls for each delivery at every size, and for each event."""
    return [figure for told, sizes in GROWTH.items() for events in sizes for figure in _figures(told, events)]


def _figures(subscriptions: int, events: int) -> list[Figure]:
    calls = count(subscriptions, events)
    logged = calls.pop(LOG)
    name = f"{subscriptions:>5} subscriptions, {events:>2} events at once: AWS calls"
    goal = None if subscriptions == events == 1 else 0.2  # then there is nothing to share a call with
    return [
        Figure(f"{name} a delivery", calls.total() / events / subscriptions, at_most=goal),
        Figure(f"{name} an event", calls.total() / events),
        Figure(f"{name} an event to log it", logged / events),
    ]


def count(subscriptions: int, events: int) -> Counter[str]:
    """The calls of dispatch and deliver, for a batch of so many events told to so many subscriptions each."""
    urls = [f"https://{n}.example/hook" for n in range(subscriptions)]
    calls: Counter[str] = Counter()
    owed: list[str] = []
    with (
        mock_aws(),
        mock.patch.dict(os.environ, ENVIRONMENT | account(*urls)),
        mock.patch("time.time", return_value=time.time()),
        redirect_stdout(io.StringIO()),
    ):
        aws._session.cache_clear()
        aws._session().register("before-call", lambda **call: calls.update([call["model"].name]))
        aws._session().register("provide-client-params.sqs.SendMessageBatch", lambda **call: owed.extend(_bodies(call)))
        dispatch, deliver = (handler_of(f"integration.{unit}.runtime.handler") for unit in ("dispatch", "deliver"))
        deliver.connections.post = lambda *asked: Answer(204)
        _handled(dispatch, _events(events))
        assert len(owed) == events * subscriptions
        for start in range(0, len(owed), BATCH):
            _handled(deliver, owed[start : start + BATCH])
        aws._session.cache_clear()
    del calls["GetSecretValue"]  # once in a worker's life
    return calls


def _bodies(call: Mapping[str, Any]) -> list[str]:
    return [entry["MessageBody"] for entry in call["params"]["Entries"]]


def _handled(module: Any, bodies: Sequence[str]) -> None:
    assert module.handler(sqs_event(*bodies), Context()) == {"batchItemFailures": []}


def _events(events: int) -> list[str]:
    """Each about an image of its own."""
    images = [image(image_id=f"img_{n:032x}") for n in range(events)]
    return [Event.recognized(image, recognition(), "2026-11-20T17:00:01.000Z").to_json() for image in images]
