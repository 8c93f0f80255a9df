"""The deliver handler: the requests to subscribers, the messages to retry, and their delays."""

import json
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from standardwebhooks import Webhook

from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.deliveries.runtime.response import SubscriberResponse
from integration.subscriptions.runtime.signature import secret
from integration.subscriptions.runtime.subscription import CIRCUIT_BREAKER_ATTRIBUTES, Subscription
from tests.builders import image, recognition, sqs_event
from tests.integration.conftest import SIGNING_KEY, Account, Subscriber, reloaded, subscription
from wire.aws.queue import Record

EVENT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")


@pytest.fixture
def hidden(worker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The delays of retried messages, by message id."""
    delays: dict[str, int] = {}

    def retry_later(queue: DeliveryQueue, records: list[Record], delay: Callable[[Record], int]) -> None:
        delays.update({record["messageId"]: delay(record) for record in records})

    monkeypatch.setattr(DeliveryQueue, "retry_later", retry_later)
    return delays


@pytest.fixture
def calls(worker: ModuleType) -> list[str]:
    """The AWS operations that are called from here on."""
    names: list[str] = []
    for service in ("dynamodb", "secretsmanager", "sqs"):
        worker.client(service).meta.events.register("before-call", lambda model, **_: names.append(model.name))
    return names


def messages_to(account: Account, *urls: str, seconds_ago: int = 0) -> list[str]:
    """Register one subscription per URL; return the messages that hold their deliveries of the event."""
    subscriptions = [subscription(n, url) for n, url in enumerate(urls)]
    for receiver in subscriptions:
        account.subscriptions.add(receiver)
    return [Delivery.of(EVENT, receiver, int(time.time()) - seconds_ago).to_json() for receiver in subscriptions]


def returned(worker: ModuleType, *bodies: str, attempt: int = 1) -> list[str]:
    """Return the ids of the messages that the handler returns to the queue."""
    response: dict[str, Any] = worker.handler(sqs_event(*bodies, attempt=attempt), None)
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def test_a_subscriber_receives_an_event_and_can_verify_it(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    assert returned(worker, *messages_to(account, f"{subscriber.url}/status/200")) == []
    (received,) = subscriber.received
    known = secret(SIGNING_KEY, subscription(0).subscription_id, 1)
    body = Webhook(known).verify(received.body, received.headers)
    assert body == {"type": EVENT.type, "timestamp": EVENT.timestamp, "data": EVENT.data}


def test_ten_attempts_run_at_once(account: Account, worker: ModuleType) -> None:
    together = threading.Barrier(10)

    def post(*_: Any) -> SubscriberResponse:
        together.wait(60)
        return SubscriberResponse(200)

    worker.connections.post = post
    assert returned(worker, *messages_to(account, *["https://example.com"] * 10)) == []


def test_only_those_that_failed_come_back(
    account: Account, worker: ModuleType, hidden: dict[str, int], subscriber: Subscriber
) -> None:
    statuses = ("200", "500", "204", "302/location/x", "410", "404")
    urls = [f"{subscriber.url}/status/{status}" for status in statuses]
    assert returned(worker, *messages_to(account, *urls)) == ["message-1", "message-3", "message-5"]
    assert hidden.keys() == {"message-1", "message-3", "message-5"}
    assert len(subscriber.received) == 6


def test_pauses_follow_the_schedule(
    account: Account, worker: ModuleType, hidden: dict[str, int], subscriber: Subscriber
) -> None:
    messages = messages_to(account, f"{subscriber.url}/status/500")
    waited = []
    for attempt in range(1, 9):
        worker.stores.cache_clear()  # so many failures at once would otherwise open the circuit
        account.subscriptions.change("public", subscription(0).subscription_id, {}, CIRCUIT_BREAKER_ATTRIBUTES)
        returned(worker, *messages, attempt=attempt)
        waited.append(hidden.pop("message-0", 0))
    assert waited == pytest.approx([5, 300, 1800, 7200, 18000, 36000, 36000, 0], rel=0.11, abs=1)


def test_retry_after_makes_a_pause_longer(
    account: Account, worker: ModuleType, hidden: dict[str, int], subscriber: Subscriber
) -> None:
    returned(worker, *messages_to(account, f"{subscriber.url}/status/429/retry-after/4000"))
    assert hidden == {"message-0": 4000}


def test_a_failed_message_is_hidden_in_the_queue_itself(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    (message,) = messages_to(account, f"{subscriber.url}/status/503/retry-after/4000")
    account.sqs.send_message(QueueUrl=account.deliveries, MessageBody=message)
    (received,) = account.sqs.receive_message(QueueUrl=account.deliveries, VisibilityTimeout=0)["Messages"]
    event = sqs_event(message)
    event["Records"][0]["receiptHandle"] = received["ReceiptHandle"]
    assert worker.handler(event, None) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert account.queued() == []


def test_a_subscription_deleted_meanwhile_receives_nothing(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    messages = messages_to(account, f"{subscriber.url}/status/200", seconds_ago=61)
    account.subscriptions.remove("public", subscription(0).subscription_id)
    assert returned(worker, *messages) == []
    assert subscriber.received == []


def test_an_old_delivery_goes_where_its_subscription_leads_now(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    messages = messages_to(account, f"{subscriber.url}/status/500", seconds_ago=61)
    account.subscriptions.add(subscription(0, f"{subscriber.url}/status/200", generation=2))
    assert returned(worker, *messages) == []
    (received,) = subscriber.received
    Webhook(secret(SIGNING_KEY, subscription(0).subscription_id, 2)).verify(received.body, received.headers)


@pytest.mark.parametrize("changed", ["url", "deleted"])
@pytest.mark.parametrize("postponed", [False, True], ids=["retried", "postponed"])
def test_a_retry_never_goes_to_an_old_url(
    account: Account, worker: ModuleType, subscriber: Subscriber, changed: str, postponed: bool
) -> None:
    (message,) = messages_to(account, f"{subscriber.url}/status/500")
    if changed == "url":
        account.subscriptions.change(*subscription(0).key, {"url": {"S": f"{subscriber.url}/status/200"}}, ())
    else:
        account.subscriptions.remove(*subscription(0).key)
    message = json.dumps(json.loads(message) | {"put_off": postponed})
    assert returned(worker, message, attempt=1 if postponed else 2) == []
    assert [request.path for request in subscriber.received] == (["/status/200"] if changed == "url" else [])


def test_a_date_that_does_not_exist_counts_as_a_failure(
    account: Account, worker: ModuleType, hidden: dict[str, int], subscriber: Subscriber
) -> None:
    subscriber.retry_after = "Fri, 31 Dec 999999999999 23:59:59 GMT"
    messages = messages_to(account, f"{subscriber.url}/status/503")
    assert returned(worker, *messages) == ["message-0"]
    (row,) = account.rows()
    assert row["failures"] == {"N": "1"}
    assert [row["status"] for row in account.logged() if "attempt" in row] == [503]


@pytest.mark.parametrize(
    "poison",
    [
        "not json",
        "[" * 100_000,
        '{"delivery_id": 1e999}',
        "[]",
        "{}",
        '{"delivery_id":1,"owner":2,"subscription_id":3,"body":4,"url":5,"generation":6,"queued_at":7}',
    ],
)
def test_a_poison_message_is_returned_alone_and_hurried_to_the_dead_letters(
    account: Account, worker: ModuleType, hidden: dict[str, int], subscriber: Subscriber, poison: str
) -> None:
    assert returned(worker, poison, *messages_to(account, f"{subscriber.url}/status/200")) == ["message-0"]
    assert hidden == {"message-0": 0}
    assert len(subscriber.received) == 1


def test_a_delivery_to_the_default_endpoint_is_signed_with_its_own_secret(
    account: Account, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = Subscription.default(f"{subscriber.url}/status/200")
    monkeypatch.setenv("DEFAULT_WEBHOOK_URL", default.url)
    worker = reloaded("deliver.runtime.handler")
    assert returned(worker, Delivery.of(EVENT, default, 1).to_json()) == []
    (received,) = subscriber.received
    Webhook(secret(SIGNING_KEY, "default", 1)).verify(received.body, received.headers)
    worker.connections.close()


def test_an_attempt_that_breaks_off_fails_alone(account: Account, worker: ModuleType, hidden: dict[str, int]) -> None:
    def post(url: str, *_: Any) -> SubscriberResponse:
        if url.endswith("broken"):
            raise ZeroDivisionError
        return SubscriberResponse(200)

    worker.connections.post = post
    assert returned(worker, *messages_to(account, "https://example.com", "https://example.com/broken")) == ["message-1"]


def test_aws_is_called_per_batch_not_per_record(
    account: Account, worker: ModuleType, subscriber: Subscriber, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.deliver.runtime.batch.UNHURRIED_SECONDS", 60)  # however slow the machine
    fresh = messages_to(account, *[f"{subscriber.url}/status/200"] * 10)
    old = messages_to(account, *[f"{subscriber.url}/status/200"] * 10, seconds_ago=61)
    returned(worker, *fresh)
    assert sorted(calls) == ["BatchExecuteStatement", "BatchGetItem", "GetSecretValue"]
    calls.clear()
    returned(worker, *old)
    assert calls == [
        *["BatchGetItem", "BatchGetItem"],
        *["BatchExecuteStatement", "BatchGetItem", "BatchWriteItem"],
        "BatchGetItem",
    ]


def test_the_body_sent_is_the_one_that_was_queued(account: Account, worker: ModuleType, subscriber: Subscriber) -> None:
    (message,) = messages_to(account, f"{subscriber.url}/status/200")
    returned(worker, message)
    assert subscriber.received[0].body.decode() == json.loads(message)["body"]
