"""Workers that die between two calls: no delivery is lost, and a repeated one has the same id."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.subscription import Subscription
from tests.builders import image, recognition, sqs_event
from tests.integration.conftest import Account, Subscriber, reloaded, subscription
from tests.tables import CrashError

EVENT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")


@contextmanager
def death(client: Any, operation: str, after: int = 0) -> Iterator[None]:
    """Let the worker die at this AWS call, after so many successful ones."""
    left = [after]

    def die(**_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise CrashError

    name = f"before-call.*.{operation}"
    client.meta.events.register(name, die)
    with pytest.raises(CrashError):
        yield
    client.meta.events.unregister(name, die)


@pytest.fixture
def dispatch(account: Account) -> Callable[[], None]:
    """Call the dispatch function with the event."""
    module = reloaded("dispatch.runtime.handler")
    return lambda: module.handler(sqs_event(EVENT.to_json()), None)


def registered(account: Account, url: str) -> Subscription:
    made = subscription(0, url)
    account.subscriptions.add(made)
    return made


def message(subscriber: Subscription) -> str:
    return Delivery.of(EVENT, subscriber, int(time.time())).to_json()


def test_dispatch_that_dies_between_its_calls_queues_the_same_deliveries_next_time(account: Account) -> None:
    wanted = {Delivery.of(EVENT, receiver, 0).delivery_id for receiver in map(subscription, range(25))}
    for n in range(25):
        account.subscriptions.add(subscription(n))
    module = reloaded("dispatch.runtime.handler")
    with death(module.sqs, "SendMessageBatch", after=1):
        module.handler(sqs_event(EVENT.to_json()), None)
    assert len(account.queued()) == 10
    assert module.handler(sqs_event(EVENT.to_json(), attempt=2), None) == {"batchItemFailures": []}
    assert Counter(delivery.delivery_id for delivery in account.queued()) == Counter(wanted)


def test_dispatch_that_dies_before_it_returns_queues_no_new_delivery(
    account: Account, dispatch: Callable[[], None], worker: ModuleType, subscriber: Subscriber
) -> None:
    registered(account, f"{subscriber.url}/status/200")
    dispatch()
    dispatch()
    first, second = account.queued()
    worker.handler(sqs_event(first.to_json(), second.to_json()), None)
    assert len({request.headers["webhook-id"] for request in subscriber.received}) == 1
    (found,) = account.log.of_image("public", EVENT.data["image_id"])
    assert found.status == "delivered"


def test_deliver_that_dies_after_a_post_posts_the_same_once_more(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    body = message(registered(account, f"{subscriber.url}/status/200"))
    with death(worker.client("dynamodb"), "BatchExecuteStatement"):
        worker.handler(sqs_event(body), None)
    assert worker.handler(sqs_event(body, attempt=2), None) == {"batchItemFailures": []}
    first, second = subscriber.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    (found,) = account.log.of_image("public", EVENT.data["image_id"])
    assert (found.status, found.tries) == ("delivered", 1)  # nobody knows of the first one


def test_deliver_that_dies_between_publishing_and_disabling_publishes_the_same_event_again(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    body = message(registered(account, f"{subscriber.url}/status/410"))
    with death(worker.client("dynamodb"), "UpdateItem", after=1):
        worker.handler(sqs_event(body), None)
    stored = account.subscriptions.get("public", subscription(0).subscription_id)
    assert stored
    assert not stored.disabled
    worker.stores.cache_clear()
    worker.handler(sqs_event(body, attempt=2), None)
    stored = account.subscriptions.get("public", subscription(0).subscription_id)
    assert stored
    assert stored.disabled == "gone"
    first, second = account.published()
    assert first.event_id == second.event_id
