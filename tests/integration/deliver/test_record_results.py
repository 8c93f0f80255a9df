"""The results that deliver records: the log, the state of subscribers, published events, requeued deliveries."""

import json
import time
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.row import DeliveryRecord, erased_item
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.deliveries.runtime.replay import replay
from integration.deliveries.runtime.response import SubscriberResponse
from integration.subscriptions.runtime.circuit_breaker import (
    DISABLE_AFTER_SECONDS,
    FAILURES,
    LONGEST_RETRY_AFTER,
    CircuitBreaker,
)
from integration.subscriptions.runtime.subscription import CIRCUIT_BREAKER_ATTRIBUTES, Subscription
from tests.builders import image, recognition, sqs_event
from tests.integration.conftest import Account, Subscriber, reloaded, subscription
from wire.aws.retry_policy import DELIVERIES
from wire.aws.rows import Item

EVENT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")


@pytest.fixture
def receiver(account: Account, subscriber: Subscriber) -> Subscription:
    """A subscription whose subscriber responds with 500 and a body."""
    made = subscription(0, f"{subscriber.url}/status/500/x/y/3")
    account.subscriptions.add(made)
    return made


def message(receiver: Subscription, event: Event = EVENT, **changed: Any) -> str:
    """Return the message of its delivery, dispatched a second ago."""
    return replace(Delivery.of(event, receiver, int(time.time()) - 1), **changed).to_json()


def events(count: int) -> list[Event]:
    return [Event.recognized(image(image_id=f"img_{n:032x}"), recognition(), EVENT.timestamp) for n in range(count)]


def returned(worker: ModuleType, *bodies: str, attempt: int = 1) -> list[str]:
    response: dict[str, Any] = worker.handler(sqs_event(*bodies, attempt=attempt), None)
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def stored(account: Account) -> Subscription:
    kept = account.subscriptions.get("public", subscription().subscription_id)
    assert kept
    return kept


def failing(account: Account, **breaker: int) -> None:
    changed: Item = {name: {"N": str(value)} for name, value in breaker.items()}
    account.subscriptions.change("public", subscription().subscription_id, changed, ())


def test_an_accepted_delivery_is_logged_with_its_attempt(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    good = subscription(0, f"{subscriber.url}/status/200")
    account.subscriptions.add(good)
    assert returned(worker, message(good)) == []
    (record,) = account.log.of_image("public", EVENT.data["image_id"])
    assert (record.status, record.tries, record.next_at) == ("delivered", 1, None)
    (attempt,) = record.attempts
    assert (attempt["attempt"], attempt["status"], attempt["response"]) == (1, 200, "xx")
    assert record.last is not None
    assert record.last.items() <= attempt.items()
    assert len(account.logged()) == 1
    assert stored(account).circuit_breaker == CircuitBreaker()


@pytest.mark.parametrize("queued_at", [None, 1], ids=["fresh", "late"])
@pytest.mark.parametrize("then", ["fails", "is gone", "is disabled", "is deleted", "succeeds"])
def test_a_delivered_row_stays_delivered_whatever_becomes_of_its_message(
    account: Account, worker: ModuleType, subscriber: Subscriber, then: str, queued_at: int | None
) -> None:
    good = subscription(0, f"{subscriber.url}/status/200")
    account.subscriptions.add(good)
    assert returned(worker, message(good)) == []
    status = {"fails": 500, "is gone": 410}.get(then, 200)
    now = replace(good, url=f"{subscriber.url}/status/{status}")
    account.subscriptions.change("public", good.subscription_id, {"url": {"S": now.url}}, ())
    if then == "is disabled":
        account.subscriptions.change("public", good.subscription_id, {"disabled": {"S": "owner"}}, ())
    if then == "is deleted":
        account.subscriptions.remove("public", good.subscription_id)
    returned(worker, message(now, queued_at=queued_at or int(time.time())), attempt=2 if queued_at else 1)
    (found,) = account.log.of_image("public", EVENT.data["image_id"])
    assert (found.status, found.reason, found.tries) == ("delivered", None, 1)
    assert len(found.attempts) == len(subscriber.received)


def test_an_attempt_that_only_the_row_tells_is_kept_by_a_replay(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    good = subscription(0, f"{subscriber.url}/status/200")
    account.subscriptions.add(good)
    returned(worker, message(good))
    (before,) = account.log.of_image("public", EVENT.data["image_id"])
    assert replay([before], good, account.log, DeliveryQueue(account.sqs, account.deliveries), time.time())
    (waiting,) = account.log.of_image("public", EVENT.data["image_id"])
    assert (waiting.status, waiting.attempts) == ("pending", before.attempts)
    (again,) = account.queued()
    returned(worker, again.to_json())
    (after,) = account.log.of_image("public", EVENT.data["image_id"])
    assert (after.status, after.tries, after.attempts[:1]) == ("delivered", 1, before.attempts)
    assert len(after.attempts) == 2


def test_a_failed_attempt_is_logged_with_its_response_and_the_time_of_the_next_one(
    account: Account, worker: ModuleType, receiver: Subscription
) -> None:
    returned(worker, message(receiver, tried=1), attempt=2)
    record, attempt = account.logged()
    assert (record["status"], record["tries"], attempt["response"]) == ("pending", 2, "xxx")
    assert record["next_at"] == attempt["next_attempt_at"] > attempt["at"]


def test_attempts_are_added_and_never_overwritten(account: Account, worker: ModuleType, receiver: Subscription) -> None:
    for attempt in (1, 2, 3):
        returned(worker, message(receiver), attempt=attempt)
    (found,) = account.log.of_image("public", EVENT.data["image_id"])
    assert [attempt["attempt"] for attempt in found.attempts] == [1, 2, 3]
    assert (found.tries, found.status) == (3, "pending")


def test_after_its_last_attempt_a_delivery_is_dead_in_the_log_and_a_dead_letter(
    account: Account, worker: ModuleType, receiver: Subscription
) -> None:
    body = message(receiver, tried=DELIVERIES.tries - 1)
    assert returned(worker, body, attempt=2) == []
    assert account.logged()[0]["status"] == "dead"
    assert account.dead() == [body]


def test_a_message_beyond_the_last_attempt_is_not_tried_and_moves_to_the_dead_letters(
    account: Account, worker: ModuleType, receiver: Subscription, subscriber: Subscriber
) -> None:
    body = message(receiver, tried=DELIVERIES.tries)
    assert returned(worker, body) == ["message-0"]
    assert returned(worker, body, attempt=2) == []
    assert subscriber.received == []
    assert account.logged() == []
    assert account.dead() == [body]


@pytest.mark.parametrize("received", [2, 9, 60])
def test_receives_while_lambda_was_throttled_are_no_attempts(
    account: Account, worker: ModuleType, receiver: Subscription, received: int
) -> None:
    for number in (1, 2):
        assert returned(worker, message(receiver), attempt=received) == ["message-0"]
        assert (account.logged()[0]["tries"], account.logged()[0]["status"]) == (number, "pending")
    assert account.dead() == []


def test_a_delivery_that_sqs_does_not_accept_as_a_dead_letter_is_not_attempted_again(
    account: Account,
    worker: ModuleType,
    receiver: Subscription,
    subscriber: Subscriber,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DeliveryQueue, "bury", lambda queue, records: [])
    body = message(receiver, tried=DELIVERIES.tries - 1)
    assert returned(worker, body, attempt=8) == ["message-0"]
    assert returned(worker, body, attempt=9) == ["message-0"]
    assert len(subscriber.received) == 1


def test_failures_are_counted_and_a_success_resets_the_count(
    account: Account, worker: ModuleType, receiver: Subscription, subscriber: Subscriber
) -> None:
    returned(worker, *(message(receiver, event) for event in events(3)))
    assert stored(account).circuit_breaker.failures == 3
    recovered = replace(stored(account), url=f"{subscriber.url}/status/200")
    returned(worker, message(recovered))
    assert stored(account).circuit_breaker == CircuitBreaker()


def test_retry_after_keeps_the_other_deliveries_away_too_for_an_hour_at_most(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    busy = subscription(0, f"{subscriber.url}/status/429/retry-after/40000")
    account.subscriptions.add(busy)
    returned(worker, message(busy))
    assert 0 < stored(account).circuit_breaker.rest_until - time.time() <= LONGEST_RETRY_AFTER
    returned(worker, message(busy, events(1)[0]))
    assert len(subscriber.received) == 1


def test_after_five_failures_the_rest_wait_without_counting_as_attempts(
    account: Account, worker: ModuleType, receiver: Subscription, subscriber: Subscriber
) -> None:
    made = events(FAILURES + 2)
    returned(worker, *(message(receiver, event) for event in made[:FAILURES]))
    assert returned(worker, *(message(receiver, event) for event in made[FAILURES:]), attempt=3) == []
    assert len(subscriber.received) == FAILURES
    assert account.queued() == []  # they are delayed
    visible = account.sqs.get_queue_attributes(QueueUrl=account.deliveries, AttributeNames=["All"])["Attributes"]
    assert visible["ApproximateNumberOfMessagesDelayed"] == "2"


def test_a_requeued_delivery_says_how_often_it_was_tried(
    account: Account, worker: ModuleType, receiver: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []
    sqs = worker.client("sqs")
    sqs.meta.events.register("provide-client-params.sqs.SendMessageBatch", lambda params, **_: sent.append(params))
    now = int(time.time())
    monkeypatch.setattr(worker, "time", SimpleNamespace(time=lambda: now))
    failing(account, failing_since=now - 50, failures=FAILURES, failed_at=now)
    assert returned(worker, message(receiver), message(receiver, events(1)[0], tried=2), attempt=2) == []
    (request,) = sent
    again = [Delivery.from_json(entry["MessageBody"]) for entry in request["Entries"]]
    assert [(delivery.tried, delivery.put_off, delivery.reserved) for delivery in again] == [
        (0, True, False),
        (2, True, False),
    ]
    assert all(30 <= entry["DelaySeconds"] <= 33 for entry in request["Entries"])


def test_a_delivery_that_was_never_tried_is_logged_as_pending_when_it_waits(
    account: Account, worker: ModuleType, receiver: Subscription
) -> None:
    now = int(time.time())
    resting = replace(receiver, circuit_breaker=CircuitBreaker(now - 50, FAILURES, now, 0))
    returned(worker, message(resting))
    (record,) = account.logged()
    assert (record["status"], record["tries"], record["last"]) == ("pending", 0, None)


def test_a_gone_subscriber_is_disabled_and_the_event_is_published(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    lost = subscription(0, f"{subscriber.url}/status/410")
    account.subscriptions.add(lost)
    assert returned(worker, message(lost)) == []
    assert stored(account).disabled == "gone"
    (event,) = account.published()
    assert (event.type, event.owner) == ("webhook.disabled", "public")
    assert event.data["webhook_id"] == lost.subscription_id
    assert event.data["reason"] == "gone"
    kinds = {(row["type"], row["status"], row["reason"]) for row in account.logged() if "type" in row}
    assert kinds == {("image.recognized", "dropped", "gone"), ("webhook.disabled", "dropped", "webhook_disabled")}


def test_a_subscriber_that_has_failed_for_five_days_is_disabled_once(
    account: Account, worker: ModuleType, receiver: Subscription
) -> None:
    now = int(time.time())
    failing(account, failing_since=now - DISABLE_AFTER_SECONDS, failures=3, failed_at=now - 3600)
    returned(worker, message(stored(account)))
    assert stored(account).disabled == "failing"
    assert [event.data["reason"] for event in account.published()] == ["failing"]
    returned(worker, message(stored(account), events(1)[0]))
    assert account.published() == []


def test_one_failure_after_five_quiet_days_disables_nobody(
    account: Account, worker: ModuleType, receiver: Subscription
) -> None:
    now = int(time.time())
    failing(account, failing_since=now - DISABLE_AFTER_SECONDS, failures=3, failed_at=now - 2 * 86_400)
    returned(worker, message(stored(account)))
    assert not stored(account).disabled


def test_a_delivery_still_due_to_a_disabled_subscription_is_dropped_and_logged(
    account: Account, worker: ModuleType, receiver: Subscription, subscriber: Subscriber
) -> None:
    account.subscriptions.change("public", receiver.subscription_id, {"disabled": {"S": "owner"}}, ())
    assert returned(worker, message(receiver, queued_at=1, tried=1), attempt=2) == []
    assert subscriber.received == []
    (record,) = account.logged()
    assert (record["status"], record["reason"], record["tries"]) == ("dropped", "webhook_disabled", 1)


def test_a_delivery_about_an_erased_image_is_not_posted_and_not_logged_again(
    account: Account, worker: ModuleType, receiver: Subscription, subscriber: Subscriber
) -> None:
    made = Delivery.of(EVENT, receiver, 1)
    account.log.write([erased_item("public", made.delivery_id, 1)])
    assert returned(worker, message(receiver), attempt=2) == []
    assert returned(worker, message(receiver, put_off=True)) == []
    assert subscriber.received == []
    assert account.logged() == []


def test_a_delivery_still_queued_when_its_image_was_erased_is_not_posted(
    account: Account, worker: ModuleType, receiver: Subscription, subscriber: Subscriber
) -> None:
    account.log.erase("public", EVENT.data["image_id"], 1)
    assert returned(worker, message(receiver, queued_at=int(time.time()) - 3600)) == []
    assert subscriber.received == []
    assert account.logged() == []


def test_an_attempt_that_an_erasure_overtakes_leaves_nothing_in_the_log(
    account: Account, worker: ModuleType, receiver: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    def post(*_: Any) -> SubscriberResponse:
        account.log.erase("public", EVENT.data["image_id"], 1)
        return SubscriberResponse(500, body="what was said")

    monkeypatch.setattr(worker.connections, "post", post)
    returned(worker, message(receiver, queued_at=int(time.time()) - 3))
    assert account.logged() == []
    assert account.log.look_up([Delivery.of(EVENT, receiver, 1)]).erased


def test_a_log_that_cannot_be_written_causes_no_second_post(
    account: Account, worker: ModuleType, subscriber: Subscriber, caplog: pytest.LogCaptureFixture
) -> None:
    good = subscription(0, f"{subscriber.url}/status/200")
    account.subscriptions.add(good)
    account.dynamodb.delete_table(TableName="deliveries")
    assert returned(worker, message(good)) == []
    assert "result not recorded" in caplog.messages


def test_failures_are_counted_even_if_the_log_refuses(
    account: Account, worker: ModuleType, receiver: Subscription
) -> None:
    account.dynamodb.delete_table(TableName="deliveries")
    returned(worker, message(receiver))
    assert stored(account).circuit_breaker.failures == 1


def test_the_deployment_s_own_endpoint_is_never_disabled(
    account: Account, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = Subscription.default(f"{subscriber.url}/status/410")
    monkeypatch.setenv("DEFAULT_WEBHOOK_URL", default.url)
    worker = reloaded("deliver.runtime.handler")
    for event in events(2):
        assert returned(worker, message(default, event)) == []
    assert len(subscriber.received) == 2
    assert account.published() == []
    worker.connections.close()


def test_the_same_delivery_twice_in_a_batch_is_logged(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    good = subscription(0, f"{subscriber.url}/status/200")
    account.subscriptions.add(good)
    assert returned(worker, message(good), message(good)) == []
    (found,) = account.log.of_image("public", EVENT.data["image_id"])
    assert len(found.attempts) == len(subscriber.received) == 2


def test_the_log_holds_what_a_replay_needs(account: Account, worker: ModuleType, receiver: Subscription) -> None:
    returned(worker, message(receiver))
    found = account.log.get("public", Delivery.of(EVENT, receiver, 1).delivery_id)
    assert isinstance(found, DeliveryRecord)
    assert json.loads(found.body)["data"] == EVENT.data
    assert found.delivery(receiver) == replace(Delivery.of(EVENT, receiver, 0), put_off=True)


def test_a_subscription_just_enabled_receives_a_replay_whatever_a_worker_remembers(
    account: Account, worker: ModuleType, subscriber: Subscriber
) -> None:
    lost = subscription(0, f"{subscriber.url}/status/410")
    account.subscriptions.add(lost)
    returned(worker, message(lost))
    new = account.subscriptions.change(
        "public",
        lost.subscription_id,
        {"url": {"S": f"{subscriber.url}/status/200"}},
        ("disabled", *CIRCUIT_BREAKER_ATTRIBUTES),
    )
    found = account.log.get("public", Delivery.of(EVENT, lost, 1).delivery_id)
    assert found
    assert new
    assert returned(worker, found.delivery(new).to_json()) == []
    assert [request.path for request in subscriber.received] == ["/status/410", "/status/200"]
