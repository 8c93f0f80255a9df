"""Batches after the first: on idle connections, whose early responses are read without a thread."""

import threading
import time
from types import ModuleType
from typing import Any

import pytest

from domain.event import Event
from integration.deliver.runtime.http import send
from integration.deliver.runtime.http.pool import ConnectionPool
from integration.deliveries.runtime.delivery import Delivery
from tests.builders import image, recognition, sqs_event
from tests.integration.conftest import Account, Subscriber, subscription

EVENT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")


@pytest.fixture(autouse=True)
def unhurried(worker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker on which a slow machine has no effect: polls and connections last as long as a response takes."""
    monkeypatch.setattr(send, "POLL_SECONDS", 60)
    monkeypatch.setattr(worker.connections, "_seconds", 60)
    monkeypatch.setattr(worker.connections, "_now", lambda: 1_800_000_000.0)


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads in which connections are made or responses are waited for."""
    names: list[str] = []

    def note(name: str) -> None:
        real = getattr(ConnectionPool, name)

        def noted(*given: Any) -> Any:
            here = threading.current_thread() is threading.main_thread()
            names.append(f"{name} {'here' if here else 'in a thread'}")
            return real(*given)

        monkeypatch.setattr(ConnectionPool, name, noted)

    note("post_on_new")
    note("receive")
    return names


def statuses(account: Account, worker: ModuleType, *urls: str) -> list[int | str]:
    """Handle a batch of one delivery to each URL; return the logged status or error of each."""
    receivers = [subscription(n, url) for n, url in enumerate(urls)]
    deliveries = [Delivery.of(EVENT, receiver, int(time.time())) for receiver in receivers]
    worker.handler(sqs_event(*(delivery.to_json() for delivery in deliveries)), None)
    records = {record.subscription_id: record for record in account.log.of_image("public", EVENT.data["image_id"])}
    attempts = [records[receiver.subscription_id].attempts[-1] for receiver in receivers]
    return [attempt["status"] or attempt["error"] or "" for attempt in attempts]


def test_an_early_response_needs_no_thread(
    account: Account, worker: ModuleType, subscriber: Subscriber, threads: list[str]
) -> None:
    url = f"{subscriber.url}/status/200/x-nothing/y/0"  # without a body, so that it arrives in one piece
    assert statuses(account, worker, url) == [200]
    assert threads == ["post_on_new in a thread", "receive in a thread"]
    threads.clear()
    assert statuses(account, worker, url) == [200]
    assert threads == []
    assert len(subscriber.received) == 2
    assert len({request.peer for request in subscriber.received}) == 1


def test_a_late_response_is_waited_for_by_a_thread(
    account: Account, worker: ModuleType, subscriber: Subscriber, threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert statuses(account, worker, f"{subscriber.url}/status/200") == [200]
    threads.clear()
    monkeypatch.setattr(send, "POLL_SECONDS", 0)
    monkeypatch.setattr(worker.connections, "_seconds", 2)
    assert statuses(account, worker, f"{subscriber.url}/hang") == ["timeout"]
    assert threads == ["receive in a thread"]


@pytest.mark.parametrize("path", ["drip", "dripping_body", "huge"])
def test_a_response_in_pieces_delays_no_other(
    account: Account, worker: ModuleType, subscriber: Subscriber, threads: list[str], path: str
) -> None:
    fast = f"{subscriber.url}/status/200"
    assert statuses(account, worker, fast, fast) == [200, 200]
    threads.clear()
    worker.connections._seconds = 3 if path == "drip" else 60
    slow, quick = statuses(account, worker, f"{subscriber.url}/{path}", fast)
    assert (slow, quick) == ("timeout" if path == "drip" else 200, 200)
    assert "receive here" not in threads


def test_a_server_that_closed_the_connection_is_called_again(
    account: Account, worker: ModuleType, subscriber: Subscriber, threads: list[str]
) -> None:
    url = f"{subscriber.url}/close_unannounced"
    assert statuses(account, worker, url) == [200]
    assert statuses(account, worker, url) == [200]
    assert len(subscriber.received) == 2
    assert "receive here" not in threads


def test_a_body_beyond_1_kb_ends_its_connection(account: Account, worker: ModuleType, subscriber: Subscriber) -> None:
    for length in (2, 1025, 2):
        assert statuses(account, worker, f"{subscriber.url}/status/200/x-nothing/y/{length}") == [200]
    assert len({request.peer for request in subscriber.received}) == 2


def test_an_early_refusal_is_logged_with_its_body(account: Account, worker: ModuleType, subscriber: Subscriber) -> None:
    statuses(account, worker, f"{subscriber.url}/status/200")
    assert statuses(account, worker, f"{subscriber.url}/status/503/retry-after/4000") == [503]
    (body,) = [row["response"] for row in account.logged() if row.get("status") == 503 and "response" in row]
    assert body == "xx"
