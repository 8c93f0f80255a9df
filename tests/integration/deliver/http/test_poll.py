"""Batches after the first: on connections that are kept, whose answers the worker hears itself."""

import threading
import time
from types import ModuleType
from typing import Any

import pytest

from domain.event import Event
from integration.deliver.runtime.http import poll
from integration.deliver.runtime.http.pool import Connections
from integration.deliveries.runtime.delivery import Delivery
from tests.builders import image, recognition, sqs_event
from tests.integration.conftest import Account, Subscriber, subscription

EVENT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In which threads connections are made or answers are waited for."""
    names: list[str] = []

    def note(name: str) -> None:
        real = getattr(Connections, name)

        def noted(*given: Any) -> Any:
            here = threading.current_thread() is threading.main_thread()
            names.append(f"{name} {'here' if here else 'in a thread'}")
            return real(*given)

        monkeypatch.setattr(Connections, name, noted)

    note("post_anew")
    note("receive")
    return names


def statuses(account: Account, worker: ModuleType, *urls: str) -> list[int | str]:
    """What each of a batch came to, by the log."""
    told = [subscription(n, url) for n, url in enumerate(urls)]
    owed = [Delivery.of(EVENT, each, int(time.time())) for each in told]
    worker.handler(sqs_event(*(each.to_json() for each in owed)), None)
    found = {each["subscription_id"]: each["last"] for each in account.logged() if "last" in each}
    lasts = [found[each.subscription_id] for each in told]
    return [each["status"] or each["error"] for each in lasts]


def test_what_is_answered_at_once_needs_no_thread(
    account: Account, worker: ModuleType, subscriber: Subscriber, threads: list[str]
) -> None:
    url = f"{subscriber.url}/status/200"
    assert statuses(account, worker, url) == [200]
    assert threads == ["post_anew in a thread", "receive in a thread"]
    threads.clear()
    assert statuses(account, worker, url) == [200]
    assert threads == []
    assert len(subscriber.received) == 2
    assert len({each.peer for each in subscriber.received}) == 1


def test_what_takes_longer_is_waited_for_by_a_thread(
    account: Account, worker: ModuleType, subscriber: Subscriber, threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "LISTENING_SECONDS", 0.01)
    monkeypatch.setattr(worker.connections, "_seconds", 0.5)
    assert statuses(account, worker, f"{subscriber.url}/status/200") == [200]
    threads.clear()
    assert statuses(account, worker, f"{subscriber.url}/hang") == ["timeout"]
    assert threads == ["receive in a thread"]
    assert len(subscriber.received) == 2


@pytest.mark.parametrize("path", ["drip", "dripping_body", "huge"])
def test_an_answer_that_comes_in_pieces_holds_up_no_other(
    account: Account, worker: ModuleType, subscriber: Subscriber, threads: list[str], path: str
) -> None:
    fast = f"{subscriber.url}/status/200"
    worker.connections._seconds = 0.5
    assert statuses(account, worker, fast, fast) == [200, 200]
    threads.clear()
    slow, quick = statuses(account, worker, f"{subscriber.url}/{path}", fast)
    assert (slow, quick) == ("timeout" if path == "drip" else 200, 200)
    assert "receive here" not in threads


def test_one_that_hung_up_meanwhile_is_called_again(
    account: Account, worker: ModuleType, subscriber: Subscriber, threads: list[str]
) -> None:
    url = f"{subscriber.url}/close_unannounced"
    assert statuses(account, worker, url) == [200]
    assert statuses(account, worker, url) == [200]
    assert len(subscriber.received) == 2
    assert "receive here" not in threads


def test_an_answer_beyond_1_kb_ends_its_connection(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    for length in (2, 1025, 2):
        assert statuses(account, worker, f"{subscriber.url}/status/200/x-nothing/y/{length}") == [200]
    assert len({each.peer for each in subscriber.received}) == 2


def test_a_refusal_is_read_as_ever(account: Account, worker: ModuleType, subscriber: Subscriber) -> None:
    statuses(account, worker, f"{subscriber.url}/status/200")
    assert statuses(account, worker, f"{subscriber.url}/status/503/retry-after/4000") == [503]
    (said,) = [each["response"] for each in account.logged() if each.get("status") == 503 and "response" in each]
    assert said == "xx"
