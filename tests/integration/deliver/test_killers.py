"""A delivery that ends the deliver function: its neighbors are posted, it is dead in the log and a dead letter."""

import time
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest

from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from tests.builders import image, recognition
from tests.integration.conftest import Account, Subscriber, subscription
from tests.redelivery import EndedError, Redelivery
from wire.aws.queue import Record
from wire.aws.retry_policy import DELIVERIES

AT = "2026-11-20T17:00:01.000Z"


def test_nine_are_delivered_and_the_killer_is_dead(
    account: Account, worker: ModuleType, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = subscription(0, f"{subscriber.url}/status/200")
    account.subscriptions.add(receiver)
    events = [Event.recognized(image(image_id=f"img_{n:032x}"), recognition(), AT) for n in range(10)]
    bodies = [Delivery.of(event, receiver, int(time.time())).to_json() for event in events]
    real = worker.start

    def start(records: Sequence[Record], *arguments: Any, **more: Any) -> Any:
        if any(record["body"] == bodies[4] for record in records):
            raise EndedError
        return real(records, *arguments, **more)

    monkeypatch.setattr(worker, "start", start)
    messages = Redelivery(worker, {f"m{n}": body for n, body in enumerate(bodies)}, monkeypatch)
    messages.work_off(most=DELIVERIES.tries + 10)
    assert len(subscriber.received) == 9
    dead = Delivery.from_json(bodies[4]).delivery_id
    record = account.log.get("public", dead)
    assert record
    assert (record.status, record.attempts[-1]["error"]) == ("dead", "internal_error")
    assert account.dead() == [bodies[4]]
    rows = account.dynamodb.scan(TableName="deliveries")["Items"]
    assert not [row for row in rows if row["about"]["S"].startswith("~message")]


def test_a_worker_takes_no_suspect_from_the_queue(worker: ModuleType) -> None:
    def record(received: int) -> Any:
        return {"messageId": f"m{received}", "attributes": {"ApproximateReceiveCount": str(received)}}

    class Queue:
        def take(self) -> list[Any]:
            return [record(1), record(DELIVERIES.tries), record(DELIVERIES.tries + 3)]

    begun: list[Any] = []
    worker.take(lambda: Queue(), begun.append, worker.isolation.is_suspect)
    assert begun == [[record(1), record(DELIVERIES.tries)]]
