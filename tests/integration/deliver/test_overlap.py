"""What a worker does while attempts of its batch hang."""

import threading
import time
from concurrent.futures import Future
from types import ModuleType
from typing import Any

import pytest

from domain.event import Event
from integration.deliver.runtime import overlap
from integration.deliver.runtime.batch import MOST_THREADS, Batch
from integration.deliver.runtime.overlap import TAKING_SECONDS, worked_off
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log_row import LONG_AGO
from integration.deliveries.runtime.response import Answer
from tests.builders import image, recognition, sqs_event
from tests.integration.conftest import Account, subscription

EVENT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")
ATTEMPT = Attempt(1, 1.0, 7, Answer(204))


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that soon looks for more."""
    monkeypatch.setattr(overlap, "UNHURRIED_SECONDS", 0.01)


class Subscribers:
    """One hangs until another was told."""

    def __init__(self, status: int = 204) -> None:
        self.status, self.told = status, threading.Event()

    def post(self, url: str, *_: Any) -> Answer:
        if url.endswith("hangs"):
            return Answer(500 if self.told.wait(5) else 504)
        self.told.set()
        return Answer(self.status)


def owed(n: int, url: str) -> str:
    return Delivery.of(EVENT, subscription(n, url), int(time.time())).to_json()


def handle(account: Account, worker: ModuleType, subscribers: Subscribers) -> dict[str, Any]:
    """A batch of one that hangs, while another delivery waits in the queue."""
    account.sqs.send_message(QueueUrl=account.deliveries, MessageBody=owed(1, "https://example.com"))
    worker.connections.post = subscribers.post
    said: dict[str, Any] = worker.handler(sqs_event(owed(0, "https://example.com/hangs")), None)
    return said


def in_flight(account: Account) -> tuple[int, int]:
    """How many messages the queue holds: to be had, and hidden."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    said = account.sqs.get_queue_attributes(QueueUrl=account.deliveries, AttributeNames=names)["Attributes"]
    return int(said[names[0]]), int(said[names[1]])


def test_one_that_hangs_does_not_keep_others_from_being_told(account: Account, worker: ModuleType) -> None:
    assert handle(account, worker, Subscribers()) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    statuses = {each["last"]["status"] for each in account.logged() if "last" in each}
    assert statuses == {500, 204}  # 504 had it been told too late
    assert in_flight(account) == (0, 0)


def test_what_was_taken_and_fails_comes_again_when_the_schedule_says(account: Account, worker: ModuleType) -> None:
    handle(account, worker, Subscribers(status=503))
    assert in_flight(account) == (0, 1)
    (stands,) = [each for each in account.logged() if each.get("last", {}).get("status") == 503]
    assert (stands["status"], stands["tries"]) == ("pending", 1)


def test_a_queue_that_gives_no_more_harms_nothing(account: Account, worker: ModuleType) -> None:
    subscribers = Subscribers()
    account.sqs.delete_queue(QueueUrl=account.deliveries)
    worker.connections.post = subscribers.post
    threading.Timer(0.5, subscribers.told.set).start()
    said = worker.handler(sqs_event(owed(0, "https://example.com/hangs")), None)
    assert said == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


def test_a_table_that_cannot_say_to_whom_more_is_owed_does_not_undo_what_was_told(
    account: Account, worker: ModuleType
) -> None:
    subscribers = Subscribers()
    old = Delivery.of(EVENT, subscription(1, "https://example.com"), LONG_AGO).to_json()
    account.sqs.send_message(QueueUrl=account.deliveries, MessageBody=old)
    account.dynamodb.delete_table(TableName="subscriptions")
    worker.connections.post = subscribers.post
    threading.Timer(0.5, subscribers.told.set).start()
    said = worker.handler(sqs_event(owed(0, "https://example.com/hangs")), None)
    assert said == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert in_flight(account) == (0, 1)


def batch(hanging: int = 0) -> Batch:
    """One of which so many attempts hang."""
    pending: list[Future[Attempt]] = [Future() for _ in range(hanging)]
    return Batch({}, {}, [], {}, [], pending, 1.0, 20, time.monotonic() + 20)


def test_nothing_is_taken_beside_a_batch_that_does_not_hang() -> None:
    first = batch()
    assert list(worked_off(first, pytest.fail)) == [first]


def test_each_is_ended_as_soon_as_it_is_over() -> None:
    first, second = batch(hanging=1), batch()
    ended = worked_off(first, lambda: second)
    assert next(ended) is second
    first.pending[0].set_result(ATTEMPT)
    assert list(ended) == [first]


@pytest.mark.parametrize(("hanging", "late"), [(MOST_THREADS, 0), (1, TAKING_SECONDS)])
def test_a_worker_with_its_hands_full_or_late_takes_nothing(hanging: int, late: int) -> None:
    first = batch(hanging)
    asked: list[float] = []

    def clock() -> float:
        asked.append(0.0 if not asked else float(late))
        if len(asked) == 3:
            for each in first.pending:
                each.set_result(ATTEMPT)
        return asked[-1]

    assert list(worked_off(first, pytest.fail, clock)) == [first]
    assert len(asked) >= 3
