"""The dispatch handler under moto: the queued deliveries, and the messages to retry."""

import json
from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from domain.event import Event
from domain.recognition import Rejection
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.row import LONG_AGO, DeliveryRecord
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.deliveries.runtime.response import SubscriberResponse
from integration.subscriptions.runtime.circuit_breaker import CircuitBreaker
from integration.subscriptions.runtime.disabled_event import disabled_event
from integration.subscriptions.runtime.subscription import Subscription
from tests.builders import image, recognition, sqs_event
from tests.integration.conftest import Account, reloaded, subscription
from wire.aws.queue import Record, tries
from wire.aws.retries import RetriedQueue
from wire.aws.retry_policy import RetryPolicy

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient

AT = "2026-11-20T17:00:01.000Z"
CAT = Event.recognized(image(), recognition(), AT)
REJECTED = Event.rejected(image(image_id="img_" + "2" * 32), Rejection("empty", "The file is empty."), AT)
THEIRS = Event.recognized(image(owner="them", image_id="img_" + "3" * 32), recognition(), AT)
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")


@pytest.fixture
def dispatch(account: Account) -> ModuleType:
    """The dispatch function's module in a fresh worker."""
    return reloaded("dispatch.runtime.handler")


@pytest.fixture
def calls(dispatch: ModuleType) -> list[str]:
    """The AWS operations that are called from here on."""
    names: list[str] = []
    for client in (dispatch.sqs, dispatch.dynamodb):
        client.meta.events.register("before-call", lambda model, **_: names.append(model.name))
    return names


def returned(module: ModuleType, *bodies: str) -> list[str]:
    """Return the ids of the messages that the handler returns to the queue."""
    response: dict[str, Any] = module.handler(sqs_event(*bodies), None)
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def receivers_and_images(queued: Iterable[Delivery]) -> list[tuple[str, str]]:
    return sorted((delivery.subscription.subscription_id, delivery.image_id) for delivery in queued)


def test_an_event_becomes_one_delivery_for_each_subscription(account: Account, dispatch: ModuleType) -> None:
    for n in range(2):
        account.subscriptions.add(subscription(n))
    assert returned(dispatch, CAT.to_json()) == []
    queued = sorted(account.queued(), key=lambda delivery: delivery.subscription.subscription_id)
    due = [Delivery.of(CAT, subscription(n), delivery.queued_at) for n, delivery in enumerate(queued)]
    assert [delivery.to_json() for delivery in queued] == [delivery.to_json() for delivery in due]
    assert len(queued) == 2


def test_a_late_delivery_is_looked_up_before_it_is_posted(account: Account, dispatch: ModuleType) -> None:
    account.subscriptions.add(subscription())
    dispatch.handler(sqs_event(CAT.to_json(), attempt=2), None)
    assert [delivery.queued_at for delivery in account.queued()] == [LONG_AGO]


def test_a_late_delivery_to_a_disabled_subscription_is_logged_after_the_look_up(
    account: Account, dispatch: ModuleType
) -> None:
    account.subscriptions.add(subscription())
    account.subscriptions.change("public", subscription().subscription_id, {"disabled": {"S": "owner"}}, ())
    dispatch.handler(sqs_event(CAT.to_json(), attempt=2), None)
    assert [delivery.queued_at for delivery in account.queued()] == [LONG_AGO]
    assert account.logged() == []


def test_only_the_owner_s_subscriptions_that_want_the_event_receive_it(account: Account, dispatch: ModuleType) -> None:
    account.subscriptions.add(subscription(1, labels=("bird",)))
    account.subscriptions.add(subscription(2, events=("image.rejected",)))
    account.subscriptions.add(subscription(3, owner="them"))
    assert returned(dispatch, CAT.to_json(), REJECTED.to_json(), THEIRS.to_json()) == []
    rejected, theirs = REJECTED.data["image_id"], THEIRS.data["image_id"]
    assert receivers_and_images(account.queued()) == [
        (subscription(1).subscription_id, rejected),
        (subscription(2).subscription_id, rejected),
        (subscription(3).subscription_id, theirs),
    ]


def test_a_webhook_registered_a_moment_ago_receives_the_event(account: Account, dispatch: ModuleType) -> None:
    returned(dispatch, CAT.to_json())
    account.subscriptions.add(subscription())
    returned(dispatch, CAT.to_json())
    assert len(account.queued()) == 1


def test_an_event_that_nobody_wants_is_done(account: Account, dispatch: ModuleType) -> None:
    assert returned(dispatch, CAT.to_json()) == []
    assert account.queued() == []


def test_the_same_event_twice_in_a_batch_is_one_delivery(account: Account, dispatch: ModuleType) -> None:
    account.subscriptions.add(subscription())
    assert returned(dispatch, CAT.to_json(), CAT.to_json()) == []
    assert len(account.queued()) == 1


def test_the_default_endpoint_receives_the_events_of_every_owner(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEFAULT_WEBHOOK_URL", "https://example.com/all")
    assert returned(reloaded("dispatch.runtime.handler"), CAT.to_json(), THEIRS.to_json()) == []
    assert {delivery.subscription.key for delivery in account.queued()} == {("*", "default")}
    assert account.rows() == []


@pytest.mark.parametrize(
    "poison",
    [
        "not json",
        "[]",
        "7",
        "{}",
        replace(CAT, data={}).to_json(),
        replace(CAT, data={"recognition": None}).to_json(),
        replace(CAT, data={"recognition": {"detections": [7]}}).to_json(),
        replace(CAT, owner=7).to_json(),  # type: ignore[arg-type]
        replace(CAT, owner=["public"]).to_json(),  # type: ignore[arg-type]
        replace(CAT, data=CAT.data | {"name": "x" * 20_000}).to_json(),
    ],
)
def test_a_poison_message_is_returned_alone(account: Account, dispatch: ModuleType, poison: str) -> None:
    account.subscriptions.add(subscription(labels=("cat",)))
    assert returned(dispatch, poison, CAT.to_json()) == ["message-0"]
    assert len(account.queued()) == 1


def test_a_poison_message_calls_no_aws(account: Account, dispatch: ModuleType, calls: list[str]) -> None:
    assert dispatch.dispatch(sqs_event("poison")["Records"], dispatch.subscriptions, dispatch.queue, dispatch.log)
    assert calls == []


def test_a_fault_of_this_program_is_raised_and_not_taken_for_poison(
    account: Account, dispatch: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wants(receiver: Subscription, event: Event) -> bool:
        raise AttributeError

    account.subscriptions.add(subscription())
    monkeypatch.setattr(Subscription, "wants", wants)
    with pytest.raises(AttributeError):
        returned(dispatch, CAT.to_json())


def test_a_batch_is_one_query_per_owner_and_one_call_per_ten_deliveries(
    account: Account, dispatch: ModuleType, calls: list[str]
) -> None:
    account.subscriptions.add(subscription(1))
    account.subscriptions.add(subscription(2, owner="them"))
    events = [replace(CAT, event_id=f"evt_{n}", owner=("public", "them")[n % 2]) for n in range(10)]
    assert returned(dispatch, *(event.to_json() for event in events)) == []
    assert sorted(calls) == ["Query", "Query", "SendMessageBatch"]


class Table:
    """Subscriptions whose owner `throttled` cannot be read just now."""

    def for_owner(self, owner: str) -> list[Subscription]:
        if owner == "throttled":
            raise THROTTLED
        return [subscription(n) for n in range(2)]


class Queue:
    """An SQS that refuses the deliveries to one subscription, or fails entirely."""

    def __init__(self, refused: str = "", error: ClientError | None = None) -> None:
        self.refused, self.error = refused, error

    def send_message_batch(self, **calls: Any) -> dict[str, Any]:
        if self.error:
            raise self.error
        entries: list[dict[str, str]] = calls["Entries"]
        bad = [entry for entry in entries if self._receiver(entry["MessageBody"]) == self.refused]
        good = [entry for entry in entries if entry not in bad]
        failed = [{"Id": entry["Id"], "Code": "InternalError"} for entry in bad]
        return {"Successful": [{"Id": entry["Id"]} for entry in good], "Failed": failed}

    def _receiver(self, body: str) -> str:
        return Delivery.from_json(body).subscription.subscription_id


def failed(module: ModuleType, queue: Queue, *events: Event) -> list[str]:
    records = sqs_event(*(event.to_json() for event in events))["Records"]
    return [
        record["messageId"]
        for record in module.dispatch(records, Table(), DeliveryQueue(cast("SQSClient", queue), "url"), module.log)
    ]


def test_an_event_of_which_one_delivery_is_refused_is_returned(dispatch: ModuleType) -> None:
    assert failed(dispatch, Queue(), CAT, REJECTED) == []
    assert failed(dispatch, Queue(refused=subscription(1).subscription_id), CAT, REJECTED) == ["message-0", "message-1"]


def test_a_call_that_fails_returns_only_its_own_events(dispatch: ModuleType) -> None:
    class SecondCallFails(Queue):
        def send_message_batch(self, **calls: Any) -> dict[str, Any]:
            response = super().send_message_batch(**calls)
            self.error = THROTTLED
            return response

    events = [replace(CAT, event_id=f"evt_{n}") for n in range(7)]
    assert failed(dispatch, SecondCallFails(), *events) == ["message-5", "message-6"]


def test_an_owner_that_cannot_be_read_does_not_hold_up_the_others(dispatch: ModuleType) -> None:
    assert failed(dispatch, Queue(), replace(CAT, owner="throttled"), CAT) == ["message-0"]


def test_retries_wait_longer_each_time_and_the_last_failure_goes_to_the_dead_letters(
    dispatch: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []

    def retry_later(sqs: object, queue: RetriedQueue, failed: list[Record], policy: RetryPolicy) -> list[Record]:
        waited.extend(policy.backoff(tries(record)) for record in failed)
        return failed

    monkeypatch.setattr(dispatch, "retry_later", retry_later)
    for n in range(1, 8):
        dispatch.handler(sqs_event("poison", attempt=n), None)
    assert waited == [5, 20, 80, 320, 900, 0, 0]


def test_a_delivery_that_a_disabled_webhook_misses_is_logged_and_not_queued(
    account: Account, dispatch: ModuleType
) -> None:
    account.subscriptions.add(subscription())
    account.subscriptions.change("public", subscription().subscription_id, {"disabled": {"S": "owner"}}, ())
    assert returned(dispatch, CAT.to_json()) == []
    assert account.queued() == []
    (row,) = account.logged()
    assert (row["status"], row["reason"], row["image_id"]) == ("dropped", "webhook_disabled", CAT.data["image_id"])


@pytest.mark.parametrize("status", ["delivered", "pending", "dead"])
def test_an_event_again_after_the_webhook_was_disabled_changes_no_row(
    account: Account, dispatch: ModuleType, status: str
) -> None:
    account.subscriptions.add(subscription())
    account.log.write([DeliveryRecord.of(Delivery.of(CAT, subscription(), 1), status).to_item(1)])
    before = account.logged()
    account.subscriptions.change("public", subscription().subscription_id, {"disabled": {"S": "owner"}}, ())
    assert returned(dispatch, CAT.to_json()) == []
    assert account.logged() == before


def test_a_missed_delivery_about_an_erased_image_leaves_a_tombstone_only(
    account: Account, dispatch: ModuleType
) -> None:
    account.log.erase("public", CAT.data["image_id"], 1)
    account.subscriptions.add(subscription())
    account.subscriptions.change("public", subscription().subscription_id, {"disabled": {"S": "owner"}}, ())
    assert returned(dispatch, CAT.to_json(), REJECTED.to_json()) == []
    assert [row["image_id"] for row in account.logged()] == [REJECTED.data["image_id"]]
    rows = json.dumps(account.dynamodb.scan(TableName="deliveries")["Items"], default=repr)
    assert CAT.data["image_id"] not in rows


def test_an_event_whose_missed_delivery_is_not_logged_is_tried_again(account: Account, dispatch: ModuleType) -> None:
    account.subscriptions.add(subscription())
    account.subscriptions.change("public", subscription().subscription_id, {"disabled": {"S": "owner"}}, ())
    account.dynamodb.delete_table(TableName="deliveries")
    assert returned(dispatch, CAT.to_json()) == ["message-0"]


def test_the_other_webhooks_receive_the_event_of_a_disabled_one(account: Account, dispatch: ModuleType) -> None:
    dead = replace(subscription(1), circuit_breaker=CircuitBreaker(failing_since=1_800_000_000, failures=9))
    account.subscriptions.add(subscription(2))
    account.subscriptions.add(subscription(3, events=("image.recognized",)))
    event = disabled_event(dead, "failing", "2027-01-15T08:00:00.000Z", AT)
    assert returned(dispatch, event.to_json()) == []
    (queued,) = account.queued()
    assert (queued.subscription.subscription_id, queued.type) == (subscription(2).subscription_id, "webhook.disabled")
    assert json.loads(queued.body)["data"]["webhook_id"] == dead.subscription_id


def test_an_erased_image_leaves_nothing_in_the_log_but_tombstones(account: Account, dispatch: ModuleType) -> None:
    account.subscriptions.add(subscription())
    for event in (CAT, REJECTED):
        made = Delivery.of(event, subscription(), 1)
        attempt = Attempt(1, 1.5, 7, SubscriberResponse(500))
        account.log.write([DeliveryRecord.of(made, "pending").to_item(1), attempt.to_item(made, None, 1)])
    erased = Event.erased("public", CAT.data["image_id"], AT)
    assert returned(dispatch, erased.to_json()) == []
    assert [delivery.type for delivery in account.queued()] == ["image.erased"]
    assert account.log.of_image("public", CAT.data["image_id"]) == []
    (kept,) = account.log.of_image("public", REJECTED.data["image_id"])
    assert len(kept.attempts) == 1
    gone, other = (Delivery.of(event, subscription(), 1) for event in (CAT, REJECTED))
    assert account.log.look_up([gone, other]).erased == {("public", gone.delivery_id)}
    rows = json.dumps(account.dynamodb.scan(TableName="deliveries")["Items"], default=repr)
    assert CAT.data["image_id"] not in rows


def test_an_erasure_that_comes_twice_leaves_its_own_deliveries_alone(account: Account, dispatch: ModuleType) -> None:
    erased = Event.erased("public", CAT.data["image_id"], AT)
    delivery = Delivery.of(erased, subscription(), 1)
    account.log.write([DeliveryRecord.of(delivery, "delivered").to_item(1)])
    assert returned(dispatch, erased.to_json()) == []
    assert account.log.look_up([delivery]).erased == set()
