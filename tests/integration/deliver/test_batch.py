"""Overlapping batches: a worker takes further batches while attempts of its first one hang."""

import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from types import ModuleType
from typing import Any, NoReturn

import pytest

from domain.event import Event
from integration.deliver.runtime import batch as batches
from integration.deliver.runtime.batch import MOST_THREADS, TAKING_SECONDS, Batch, start, work_off
from integration.deliver.runtime.http.send import Sender
from integration.deliver.runtime.outcome import DueDelivery
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.row import LONG_AGO
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.deliveries.runtime.response import HUNG, SubscriberResponse
from integration.subscriptions.runtime import table
from tests.builders import image, recognition, sqs_event
from tests.integration.conftest import Account, subscription
from wire.aws.rows import UndoneError

EVENT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")
ATTEMPT = Attempt(1, 1.0, 7, SubscriberResponse(204))
PATIENT_SECONDS = 60
"""No test waits this long: it bounds a test that would otherwise hang."""


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that takes further batches soon, and for as long as a slow machine may take."""
    monkeypatch.setattr(batches, "UNHURRIED_SECONDS", 0.01)
    monkeypatch.setattr(batches, "TAKING_SECONDS", PATIENT_SECONDS)


class Subscribers:
    """One hangs until another has received its delivery, and then fails."""

    def __init__(self, status: int = 204) -> None:
        self.status, self.received = status, threading.Event()

    def post(self, url: str, *_: Any) -> SubscriberResponse:
        if url.endswith("hangs"):
            return SubscriberResponse(500 if self.received.wait(PATIENT_SECONDS) else 504)
        self.received.set()
        return SubscriberResponse(self.status)


def message(n: int, url: str, queued_at: float | None = None) -> str:
    return Delivery.of(EVENT, subscription(n, url), int(time.time() if queued_at is None else queued_at)).to_json()


def handle(account: Account, worker: ModuleType, subscribers: Subscribers) -> dict[str, Any]:
    """Handle a batch of one delivery that hangs, while another delivery waits in the queue."""
    account.sqs.send_message(QueueUrl=account.deliveries, MessageBody=message(1, "https://example.com"))
    worker.connections.post = subscribers.post
    returned: dict[str, Any] = worker.handler(sqs_event(message(0, "https://example.com/hangs")), None)
    return returned


def in_flight(account: Account) -> tuple[int, int]:
    """Return how many messages of the queue are visible, and how many are hidden."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = account.sqs.get_queue_attributes(QueueUrl=account.deliveries, AttributeNames=names)["Attributes"]
    return int(attributes[names[0]]), int(attributes[names[1]])


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set as soon as the worker has tried to start a batch that it took."""
    tried, real = threading.Event(), batches.take

    def take(*given: Any) -> Batch | None:
        try:
            return real(*given)
        finally:
            tried.set()

    monkeypatch.setattr("integration.deliver.runtime.handler.take", take)
    return tried


def test_an_attempt_that_hangs_does_not_hold_back_other_deliveries(account: Account, worker: ModuleType) -> None:
    assert handle(account, worker, Subscribers()) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    statuses = {row["last"]["status"] for row in account.logged() if "last" in row}
    assert statuses == {500, 204}  # 504 had the other delivery come too late
    assert in_flight(account) == (0, 0)


def test_a_taken_delivery_that_fails_is_retried_when_the_retry_policy_says(
    account: Account, worker: ModuleType
) -> None:
    handle(account, worker, Subscribers(status=503))
    assert in_flight(account) == (0, 1)
    (record,) = [row for row in account.logged() if row.get("last", {}).get("status") == 503]
    assert (record["status"], record["tries"]) == ("pending", 1)


def test_a_queue_that_fails_harms_nothing(account: Account, worker: ModuleType, taken: threading.Event) -> None:
    account.sqs.delete_queue(QueueUrl=account.deliveries)
    assert handle_until(worker, taken) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


def test_a_table_that_fails_for_a_further_batch_does_not_undo_the_first(
    account: Account, worker: ModuleType, taken: threading.Event
) -> None:
    account.sqs.send_message(QueueUrl=account.deliveries, MessageBody=message(1, "https://example.com", LONG_AGO))
    account.dynamodb.delete_table(TableName="subscriptions")
    assert handle_until(worker, taken) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert in_flight(account) == (0, 1)


def test_subscriptions_left_unread_for_a_further_batch_do_not_undo_the_first(
    account: Account, worker: ModuleType, taken: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(*_: Any, **__: Any) -> NoReturn:
        raise UndoneError("1 rows were not read")

    monkeypatch.setattr(table, "read", unread)
    account.sqs.send_message(QueueUrl=account.deliveries, MessageBody=message(1, "https://example.com", LONG_AGO))
    assert handle_until(worker, taken, status=204) == {"batchItemFailures": []}
    assert in_flight(account) == (0, 1)


def test_a_fault_in_a_further_batch_is_not_taken_for_an_error_of_aws(worker: ModuleType) -> None:
    class Queue(DeliveryQueue):
        def __init__(self) -> None:
            """Need no client."""

        def take(self) -> list[Any]:
            return [{"messageId": "message-1"}]

    def begin(records: Any) -> Batch:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        batches.take(Queue, begin)


def handle_until(worker: ModuleType, over: threading.Event, status: int = 500) -> dict[str, Any]:
    """Handle a batch of one delivery, whose subscriber responds as soon as `over` is set."""

    def post(*_: Any) -> SubscriberResponse:
        assert over.wait(PATIENT_SECONDS)
        return SubscriberResponse(status)

    worker.connections.post = post
    returned: dict[str, Any] = worker.handler(sqs_event(message(0, "https://example.com/hangs")), None)
    return returned


class HangingSender(Sender):
    """A sender one of whose attempts hangs."""

    over = threading.Event()

    def __init__(self) -> None:
        """Need neither a pool nor a key."""

    def send(self, due: DueDelivery) -> None:
        """Leave every attempt to a thread."""

    def attempt(self, due: DueDelivery) -> Attempt:
        if due.subscription.url.endswith("hangs"):
            assert self.over.wait(PATIENT_SECONDS)
        return Attempt(due.number, 1.0, 7, SubscriberResponse(200))


def test_an_attempt_that_hangs_does_not_hold_back_the_responses_of_others(account: Account, worker: ModuleType) -> None:
    records = sqs_event(message(0, "https://example.com/hangs"), message(1, "https://example.com"))["Records"]
    batch = start(records, worker.stores(), HangingSender(), patience=0.2, now=lambda: 5.0)
    hangs, other = batch.messages
    assert isinstance(other.result, Future)
    other.result.result(PATIENT_SECONDS)
    assert list(work_off(replace(batch, until=time.monotonic()), lambda: None))
    assert batch.outcome(hangs) == Attempt(1, 5.0, 200, HUNG)
    assert batch.outcome(other) == Attempt(1, 1.0, 7, SubscriberResponse(200))
    HangingSender.over.set()


def batch(hanging: int = 0) -> Batch:
    """Return a batch of which so many attempts hang."""
    attempts: list[Future[Attempt]] = [Future() for _ in range(hanging)]
    return Batch([], [], attempts, 1.0, 20, time.monotonic() + PATIENT_SECONDS)


def end(batch: Batch) -> None:
    """End the attempts of a batch."""
    for attempt in batch.attempts:
        attempt.set_result(ATTEMPT)


def test_nothing_is_taken_beside_a_batch_that_does_not_hang() -> None:
    first = batch()
    assert list(work_off(first, pytest.fail)) == [first]


def test_each_batch_is_yielded_as_soon_as_it_has_ended() -> None:
    first, second = batch(hanging=1), batch()
    ended = work_off(first, lambda: second)
    assert next(ended) is second
    end(first)
    assert list(ended) == [first]


@pytest.mark.parametrize(("hanging", "late"), [(MOST_THREADS, 0), (1, TAKING_SECONDS)])
def test_a_worker_that_is_full_or_late_takes_nothing(hanging: int, late: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "TAKING_SECONDS", TAKING_SECONDS)
    first = batch(hanging)
    times: list[float] = []

    def clock() -> float:
        times.append(0.0 if not times else float(late))
        if len(times) == 3:
            end(first)
        return times[-1]

    assert list(work_off(first, pytest.fail, clock)) == [first]
    assert len(times) >= 3
