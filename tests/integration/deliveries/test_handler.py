"""The routes by which an owner reads, tests and replays deliveries, under moto."""

import json
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from domain.clock import rfc3339
from domain.event import Event
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.row import DeliveryRecord
from integration.deliveries.runtime.response import SubscriberResponse
from integration.subscriptions.runtime.subscription import Subscription
from tests.builders import http_request, image, recognition
from tests.integration.conftest import Account, reloaded, subscription

NOW = 1_800_000_000.0
MINE = subscription(owner="me")
HOOK = {"webhook_id": MINE.subscription_id}


@pytest.fixture
def module(account: Account) -> ModuleType:
    """The function's module, loaded afresh, and a webhook of owner `me`."""
    account.subscriptions.add(MINE)
    return reloaded("deliveries.runtime.handler")


def call(module: ModuleType, route: str, owner: str = "me", **request: Any) -> tuple[int, dict[str, Any]]:
    """Return status and body of the response."""
    response = module.handler(http_request(route, owner=owner, **request), None)
    return response["statusCode"], json.loads(response["body"])


def made(n: int = 1, receiver: Subscription = MINE) -> Delivery:
    event = Event.recognized(
        image(image_id=f"img_{n:012x}{'7' * 20}", owner="me"), recognition(), f"2026-11-20T17:00:{n:02}.000Z"
    )
    return Delivery.of(event, receiver, int(NOW))


def log(account: Account, *statuses: str) -> list[str]:
    """Log the first deliveries with these statuses, an attempt each; return their ids."""
    for n, status in enumerate(statuses):
        attempt = Attempt(1, NOW, 7, SubscriberResponse(503, body="busy"))
        last = attempt.to_dict()
        account.log.write(
            [DeliveryRecord.of(made(n), status, tries=1, last=last).to_item(NOW), attempt.to_item(made(n), None, NOW)]
        )
    return [made(n).delivery_id for n in range(len(statuses))]


def of(delivery_id: str) -> dict[str, str]:
    return {"delivery_id": delivery_id}


def test_deliveries_are_listed_newest_first(account: Account, module: ModuleType) -> None:
    a, b = log(account, "delivered", "dead")
    status, page = call(module, "GET /webhooks/{webhook_id}/deliveries", path=HOOK)
    assert (status, [item["delivery_id"] for item in page["items"]]) == (200, [b, a])
    assert page["items"][0] == {
        "delivery_id": b,
        "webhook_id": MINE.subscription_id,
        "image_id": made(1).image_id,
        "type": "image.recognized",
        "timestamp": "2026-11-20T17:00:01.000Z",
        "status": "dead",
        "reason": None,
        "tries": 1,
        "last_attempt": {"attempt": 1, "at": "2027-01-15T08:00:00.000Z", "ms": 7, "status": 503, "error": None},
        "next_attempt_at": None,
        "links": {"self": f"https://api.example/deliveries/{b}"},
    }


@pytest.mark.parametrize("rests_for", [0, 500], ids=["healthy", "resting"])
def test_a_next_attempt_never_lies_in_the_past(
    account: Account, module: ModuleType, monkeypatch: pytest.MonkeyPatch, rests_for: int
) -> None:
    at = datetime.fromtimestamp(NOW + 3600, UTC)
    monkeypatch.setattr(module, "now", lambda: at)
    delivery, attempt = made(), Attempt(1, NOW, 7, SubscriberResponse(503))
    account.log.write(attempt.rows(delivery, 1, 5, NOW))
    if rests_for:
        account.subscriptions.change(*MINE.key, {"rest_until": {"N": str(int(NOW) + 3600 + rests_for)}}, ())
    due = rfc3339(at + timedelta(seconds=rests_for))
    _, page = call(module, "GET /webhooks/{webhook_id}/deliveries", path=HOOK)
    assert [item["next_attempt_at"] for item in page["items"]] == [due]
    _, whole = call(module, "GET /deliveries/{delivery_id}", path=of(delivery.delivery_id))
    assert [whole["next_attempt_at"], whole["attempts"][-1]["next_attempt_at"]] == [due, due]


def test_a_status_lists_those_alone_and_dead_letters_are_those_given_up(account: Account, module: ModuleType) -> None:
    a, b = log(account, "delivered", "dead")
    route = "GET /webhooks/{webhook_id}/deliveries"
    _, delivered = call(module, route, path=HOOK, query={"status": "delivered"})
    _, dead = call(module, "GET /webhooks/{webhook_id}/dead-letters", path=HOOK)
    assert [[item["delivery_id"] for item in page["items"]] for page in (delivered, dead)] == [[a], [b]]
    assert call(module, route, path=HOOK, query={"status": "lost"})[1]["code"] == "invalid_status"


def test_pages_hold_every_delivery_once_and_their_cursors_are_the_list_s_own(
    account: Account, module: ModuleType
) -> None:
    made_ids = log(account, *["delivered"] * 5)
    route, seen, query = "GET /webhooks/{webhook_id}/deliveries", list[str](), {"limit": "2"}
    while True:
        _, page = call(module, route, path=HOOK, query=query)
        seen += [item["delivery_id"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == made_ids[::-1]
    for borrowed in ({"cursor": query["cursor"], "status": "dead"}, {"cursor": "eHh4"}):
        assert call(module, route, path=HOOK, query=borrowed)[1]["code"] == "invalid_cursor"


def test_one_delivery_shows_its_attempts_and_its_event(account: Account, module: ModuleType) -> None:
    _, b = log(account, "delivered", "dead")
    status, shown = call(module, "GET /deliveries/{delivery_id}", path=of(b))
    assert status == 200
    assert shown["event"] == json.loads(made(1).body)
    assert [attempt["response"] for attempt in shown["attempts"]] == ["busy"]
    assert shown["links"]["webhook"] == f"https://api.example/webhooks/{MINE.subscription_id}"


@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("GET /webhooks/{webhook_id}/deliveries", "no_such_webhook"),
        ("GET /webhooks/{webhook_id}/dead-letters", "no_such_webhook"),
        ("POST /webhooks/{webhook_id}/test", "no_such_webhook"),
        ("POST /webhooks/{webhook_id}/replay", "no_such_webhook"),
        ("POST /webhooks/{webhook_id}/redrive", "no_such_webhook"),
        ("GET /deliveries/{delivery_id}", "no_such_delivery"),
        ("POST /deliveries/{delivery_id}/replay", "no_such_delivery"),
    ],
)
def test_another_owner_s_is_not_there(account: Account, module: ModuleType, route: str, name: str) -> None:
    (a,) = log(account, "dead")
    query = {"since": "2026-01-01"} if route.endswith("}/replay") and "webhooks" in route else None
    for path in (HOOK | of(a), {"webhook_id": "default", "delivery_id": "dlv_nope"}):
        status, problem = call(module, route, owner="them", path=path, query=query)
        assert (status, problem["code"]) == (404, name)
    assert account.queued() == []


def test_a_replay_has_the_same_id_and_body_and_goes_where_the_webhook_leads_now(
    account: Account, module: ModuleType
) -> None:
    (a,) = log(account, "delivered")
    account.subscriptions.change("me", MINE.subscription_id, {"url": {"S": "https://new.example/"}}, ())
    status, body = call(module, "POST /deliveries/{delivery_id}/replay", path=of(a))
    assert (status, body["delivery_id"], body["status"]) == (202, a, "pending")
    (queued,) = account.queued()
    assert (queued.delivery_id, queued.body, queued.tried) == (a, made(0).body, 0)
    assert queued.subscription.url == "https://new.example/"
    assert [row["status"] for row in account.logged() if "tries" in row] == ["pending"]


def test_nothing_is_replayed_to_a_disabled_or_deleted_webhook(account: Account, module: ModuleType) -> None:
    (a,) = log(account, "dead")
    account.subscriptions.change("me", MINE.subscription_id, {"disabled": {"S": "gone"}}, ())
    for route in ("POST /deliveries/{delivery_id}/replay", "POST /webhooks/{webhook_id}/redrive"):
        status, problem = call(module, route, path=of(a) | HOOK)
        assert (status, problem["code"]) == (409, "webhook_disabled")
    account.subscriptions.remove("me", MINE.subscription_id)
    assert call(module, "POST /deliveries/{delivery_id}/replay", path=of(a))[1]["code"] == "unsubscribed"
    assert account.queued() == []


def test_a_redrive_sends_the_dead_letters_and_nothing_else(account: Account, module: ModuleType) -> None:
    _, b, c = log(account, "delivered", "dead", "dead")
    assert call(module, "POST /webhooks/{webhook_id}/redrive", path=HOOK) == (
        202,
        {"deliveries": 2, "next_cursor": None},
    )
    assert sorted(delivery.delivery_id for delivery in account.queued()) == sorted([b, c])
    assert call(module, "GET /webhooks/{webhook_id}/dead-letters", path=HOOK)[1]["items"] == []


def test_a_replay_since_a_time_sends_the_events_since_then_oldest_first(account: Account, module: ModuleType) -> None:
    _, b, c, _ = log(account, "delivered", "delivered", "dropped", "dead")
    query = {"since": "2026-11-20T17:00:01Z", "limit": "2"}
    status, body = call(module, "POST /webhooks/{webhook_id}/replay", path=HOOK, query=query)
    assert (status, body["deliveries"]) == (202, 2)
    assert sorted(delivery.delivery_id for delivery in account.queued()) == sorted([b, c])
    further = query | {"cursor": body["next_cursor"]}
    _, rest = call(module, "POST /webhooks/{webhook_id}/replay", path=HOOK, query=further)
    assert rest["deliveries"] == 1


def test_a_replay_can_be_of_one_status(account: Account, module: ModuleType) -> None:
    _, b = log(account, "delivered", "dropped")
    query = {"since": "2026-01-01", "status": "dropped"}
    call(module, "POST /webhooks/{webhook_id}/replay", path=HOOK, query=query)
    assert [delivery.delivery_id for delivery in account.queued()] == [b]


def test_a_replay_leaves_out_test_and_disabled_events(account: Account, module: ModuleType) -> None:
    for kind in ("webhook.test", "webhook.disabled"):
        event = Event(f"evt_{kind}", kind, "2026-11-20T17:00:00.000Z", "me", {})
        account.log.write([DeliveryRecord.of(Delivery.of(event, MINE, 1), "dropped").to_item(NOW)])
    _, body = call(module, "POST /webhooks/{webhook_id}/replay", path=HOOK, query={"since": "2026-01-01"})
    assert body["deliveries"] == 0
    assert account.queued() == []


@pytest.mark.parametrize("since", [None, "yesterday", ""])
def test_a_replay_needs_to_know_since_when(module: ModuleType, since: str | None) -> None:
    query = None if since is None else {"since": since}
    status, problem = call(module, "POST /webhooks/{webhook_id}/replay", path=HOOK, query=query)
    assert (status, problem["code"]) == (400, "invalid_time")


def test_a_test_event_is_sent_whichever_events_the_webhook_wants(account: Account, module: ModuleType) -> None:
    picky = subscription(1, owner="me", events=("image.rejected",))
    account.subscriptions.add(picky)
    status, body = call(module, "POST /webhooks/{webhook_id}/test", path={"webhook_id": picky.subscription_id})
    (queued,) = account.queued()
    assert (status, body["delivery_id"], queued.type) == (202, queued.delivery_id, "webhook.test")
    _, shown = call(module, "GET /deliveries/{delivery_id}", path=of(body["delivery_id"]))
    assert (shown["status"], shown["image_id"], shown["attempts"]) == ("pending", None, [])


def test_two_tests_are_two_deliveries(account: Account, module: ModuleType) -> None:
    ids = {call(module, "POST /webhooks/{webhook_id}/test", path=HOOK)[1]["delivery_id"] for _ in range(2)}
    assert len(ids) == 2


def test_a_refusal_of_the_queue_is_a_retryable_problem(account: Account, module: ModuleType) -> None:
    log(account, "dead")
    account.sqs.delete_queue(QueueUrl=account.deliveries)
    status, problem = call(module, "POST /webhooks/{webhook_id}/redrive", path=HOOK)
    assert (status, problem["code"], problem["retryable"]) == (503, "not_queued", True)


def test_a_delivery_that_the_queue_refused_is_found_by_the_next_try(account: Account, module: ModuleType) -> None:
    log(account, "dead")
    account.sqs.delete_queue(QueueUrl=account.deliveries)
    call(module, "POST /webhooks/{webhook_id}/redrive", path=HOOK)
    _, shown = call(module, "GET /webhooks/{webhook_id}/dead-letters", path=HOOK)
    assert [item["status"] for item in shown["items"]] == ["dead"]
