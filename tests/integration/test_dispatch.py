"""The dispatch handler under moto: deliveries queued, and which events' messages it returns."""

import json
from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from domain.event import Event
from domain.recognition import Rejection
from integration.runtime.deliveries import Deliveries
from integration.runtime.delivery import Delivery
from integration.runtime.subscription import Subscription
from tests.builders import image, recognition, sqs_event
from tests.integration.conftest import Account, reloaded, subscription

AT = "2026-11-20T17:00:01.000Z"
CAT = Event.recognized(image(), recognition(), AT)
REJECTED = Event.rejected(image(image_id="img_" + "2" * 32), Rejection("empty", "The file is empty."), AT)
THEIRS = Event.recognized(image(owner="them", image_id="img_" + "3" * 32), recognition(), AT)
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")


@pytest.fixture
def dispatch(account: Account) -> ModuleType:
    """The dispatch function's module in a fresh worker."""
    return reloaded("dispatch")


def returned(module: ModuleType, *bodies: str) -> list[str]:
    """The message ids the handler returns to the queue."""
    said: dict[str, Any] = module.handler(sqs_event(*bodies), None)
    return [each["itemIdentifier"] for each in said["batchItemFailures"]]


def owed_to(queued: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((each["subscription_id"], json.loads(each["body"])["data"]["image_id"]) for each in queued)


def test_an_event_becomes_one_delivery_for_each_subscription(account: Account, dispatch: ModuleType) -> None:
    for n in range(2):
        account.subscriptions.add(subscription(n))
    assert returned(dispatch, CAT.to_json()) == []
    queued = sorted(account.queued(), key=lambda each: str(each["subscription_id"]))
    owed = [Delivery.of(CAT, subscription(n), each["queued_at"]) for n, each in enumerate(queued)]
    assert queued == [json.loads(each.to_json()) for each in owed]
    assert len(queued) == 2


def test_only_the_owner_s_subscriptions_that_want_it_are_owed(account: Account, dispatch: ModuleType) -> None:
    account.subscriptions.add(subscription(1, labels=("bird",)))
    account.subscriptions.add(subscription(2, events=("image.rejected",)))
    account.subscriptions.add(subscription(3, owner="them"))
    assert returned(dispatch, CAT.to_json(), REJECTED.to_json(), THEIRS.to_json()) == []
    rejected, theirs = REJECTED.data["image_id"], THEIRS.data["image_id"]
    assert owed_to(account.queued()) == [
        (subscription(1).subscription_id, rejected),
        (subscription(2).subscription_id, rejected),
        (subscription(3).subscription_id, theirs),
    ]


def test_a_webhook_registered_a_moment_ago_is_told(account: Account, dispatch: ModuleType) -> None:
    returned(dispatch, CAT.to_json())
    account.subscriptions.add(subscription())
    returned(dispatch, CAT.to_json())
    assert len(account.queued()) == 1


def test_an_event_nobody_wants_is_done_with(account: Account, dispatch: ModuleType) -> None:
    assert returned(dispatch, CAT.to_json()) == []
    assert account.queued() == []


def test_the_same_event_twice_in_a_batch_is_one_delivery(account: Account, dispatch: ModuleType) -> None:
    account.subscriptions.add(subscription())
    assert returned(dispatch, CAT.to_json(), CAT.to_json()) == []
    assert len(account.queued()) == 1


def test_the_default_endpoint_is_told_of_every_owner(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEFAULT_WEBHOOK_URL", "https://example.com/all")
    assert returned(reloaded("dispatch"), CAT.to_json(), THEIRS.to_json()) == []
    assert {(each["owner"], each["subscription_id"]) for each in account.queued()} == {("*", "default")}
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


def test_a_batch_is_one_query_per_owner_and_one_call_per_ten_deliveries(account: Account, dispatch: ModuleType) -> None:
    account.subscriptions.add(subscription(1))
    account.subscriptions.add(subscription(2, owner="them"))
    events = [replace(CAT, event_id=f"evt_{n}", owner=("public", "them")[n % 2]) for n in range(10)]
    asked: list[str] = []
    for client in (dispatch.sqs, dispatch.subscriptions._dynamodb):
        client.meta.events.register("before-call", lambda model, **_: asked.append(model.name))
    assert returned(dispatch, *(each.to_json() for each in events)) == []
    assert sorted(asked) == ["Query", "Query", "SendMessageBatch"]


class Table:
    """Subscriptions whose owner `throttled` cannot be read just now."""

    def of(self, owner: str) -> list[Subscription]:
        if owner == "throttled":
            raise THROTTLED
        return [subscription(n) for n in range(2)]


class Queue:
    """An SQS that refuses the deliveries to one subscription, or fails altogether."""

    def __init__(self, refused: str = "", error: ClientError | None = None) -> None:
        self.refused, self.error = refused, error

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        if self.error:
            raise self.error
        entries: list[dict[str, str]] = asked["Entries"]
        bad = [each for each in entries if json.loads(each["MessageBody"])["subscription_id"] == self.refused]
        good = [each for each in entries if each not in bad]
        return {"Successful": [{"Id": each["Id"]} for each in good], "Failed": [{"Id": each["Id"]} for each in bad]}


def failed(module: ModuleType, queue: Queue, *events: Event) -> list[str]:
    records = sqs_event(*(each.to_json() for each in events))["Records"]
    return [each["messageId"] for each in module.dispatch(records, Table(), Deliveries(queue, "url"))]


def test_an_event_of_which_one_delivery_is_refused_is_returned(dispatch: ModuleType) -> None:
    assert failed(dispatch, Queue(), CAT, REJECTED) == []
    assert failed(dispatch, Queue(refused=subscription(1).subscription_id), CAT, REJECTED) == ["message-0", "message-1"]


def test_a_call_that_fails_returns_only_its_own_events(dispatch: ModuleType) -> None:
    class SecondCallFails(Queue):
        def send_message_batch(self, **asked: Any) -> dict[str, Any]:
            answer = super().send_message_batch(**asked)
            self.error = THROTTLED
            return answer

    events = [replace(CAT, event_id=f"evt_{n}") for n in range(7)]
    assert failed(dispatch, SecondCallFails(), *events) == ["message-5", "message-6"]


def test_an_owner_that_cannot_be_read_does_not_hold_up_the_others(dispatch: ModuleType) -> None:
    assert failed(dispatch, Queue(), replace(CAT, owner="throttled"), CAT) == ["message-0"]


def test_retries_wait_longer_each_time_and_the_last_failure_goes_to_the_dead_letters(dispatch: ModuleType) -> None:
    records = [sqs_event("", attempt=n)["Records"][0] for n in range(1, 8)]
    assert [dispatch.seconds_until_retry(each) for each in records] == [5, 20, 80, 320, 900, 0, 0]
