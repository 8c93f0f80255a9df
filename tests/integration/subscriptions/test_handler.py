"""The webhooks handler under moto: the responses and the rows."""

import json
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given

from domain.event import TYPES
from integration.subscriptions.runtime.circuit_breaker import CircuitBreaker
from integration.subscriptions.runtime.signature import secret
from integration.subscriptions.runtime.subscription import Subscription
from tests.builders import http_request
from tests.hostile_json import no_fixture_check, objects
from tests.integration.conftest import SIGNING_KEY, Account, reloaded
from wire.aws.rows import Item

URL = "https://shop.example/hooks?till=3"


@pytest.fixture
def webhooks(account: Account) -> ModuleType:
    """The webhooks function's module in a fresh worker."""
    return reloaded("subscriptions.runtime.handler")


def call(module: ModuleType, route: str, **request: Any) -> tuple[int, dict[str, Any]]:
    """Return status and body of the response."""
    response = module.handler(http_request(route, **request), None)
    return response["statusCode"], json.loads(response.get("body") or "{}")


def add(module: ModuleType, owner: str | None = None, **given: Any) -> tuple[int, dict[str, Any]]:
    return call(module, "POST /webhooks", owner=owner, body=json.dumps({"url": URL} | given))


def one(module: ModuleType, method: str, webhook_id: str, owner: str | None = None) -> tuple[int, dict[str, Any]]:
    return call(module, f"{method} /webhooks/{{webhook_id}}", path={"webhook_id": webhook_id}, owner=owner)


def test_a_registered_webhook_is_a_row_and_its_secret_is_shown(account: Account, webhooks: ModuleType) -> None:
    preferences = {"events": ["image.recognized"], "labels": ["cat"], "min_confidence": 0.5, "description": "the till"}
    status, webhook = add(webhooks, owner="me", **preferences)
    assert status == 201
    assert webhook.items() >= ({"url": URL} | preferences).items()
    assert webhook["links"] == {"self": f"https://api.example/webhooks/{webhook['webhook_id']}"}
    assert webhook["secret"] == secret(SIGNING_KEY, webhook["webhook_id"], 1)
    (row,) = account.rows()
    kept = Subscription.from_item(row)
    assert (kept.owner, kept.subscription_id, kept.generation) == ("me", webhook["webhook_id"], 1)
    assert kept.to_dict(now=0).items() <= webhook.items()


def test_location_names_the_new_webhook(webhooks: ModuleType) -> None:
    response = webhooks.handler(http_request("POST /webhooks", body=json.dumps({"url": URL})), None)
    assert response["headers"]["location"] == json.loads(response["body"])["links"]["self"]


def test_without_preferences_a_webhook_receives_every_event(account: Account, webhooks: ModuleType) -> None:
    _, webhook = add(webhooks)
    assert webhook["events"] == list(TYPES)
    assert (webhook["labels"], webhook["min_confidence"], webhook["description"]) == ([], 0, "")
    assert account.rows()[0]["events"] == {"L": []}


def test_a_null_returns_to_every_event(account: Account, webhooks: ModuleType) -> None:
    _, webhook = add(webhooks, events=["image.rejected"])
    assert account.rows()[0]["events"] == {"L": [{"S": "image.rejected"}]}
    _, changed = patch(webhooks, webhook["webhook_id"], events=None)
    assert changed["events"] == list(TYPES)
    assert account.rows()[0]["events"] == {"L": []}


def test_no_later_response_and_no_row_holds_the_secret(account: Account, webhooks: ModuleType) -> None:
    _, webhook = add(webhooks)
    _, shown = one(webhooks, "GET", webhook["webhook_id"])
    _, listed = call(webhooks, "GET /webhooks")
    assert shown == {name: value for name, value in webhook.items() if name != "secret"}
    assert listed == {"items": [shown], "next_cursor": None}
    assert "whsec_" not in json.dumps(account.rows())


@pytest.mark.parametrize(
    ("given", "refused", "code"),
    [
        ({"url": "http://169.254.169.254/"}, 422, "url_blocked"),
        ({"url": "x"}, 400, "invalid_url"),
        ({"a": 1}, 400, "invalid_webhook"),
    ],
)
def test_a_refused_webhook_is_a_problem_and_no_row(
    account: Account, webhooks: ModuleType, given: dict[str, Any], refused: int, code: str
) -> None:
    status, problem = add(webhooks, **given)
    assert (status, problem["code"], problem["retryable"]) == (refused, code, False)
    assert account.rows() == []


def test_this_machine_is_no_target_in_an_account(monkeypatch: pytest.MonkeyPatch, account: Account) -> None:
    assert add(reloaded("subscriptions.runtime.handler"), url="http://127.0.0.1:8080/")[0] == 201
    monkeypatch.setenv("LOOPBACK", "false")
    assert add(reloaded("subscriptions.runtime.handler"), url="http://127.0.0.1:8080/")[1]["code"] == "url_blocked"


def test_a_body_that_is_not_json_is_refused(webhooks: ModuleType) -> None:
    assert call(webhooks, "POST /webhooks", body="url=x")[1]["code"] == "invalid_json"


def test_owners_see_and_delete_only_their_own(account: Account, webhooks: ModuleType) -> None:
    _, webhook = add(webhooks, owner="them")
    for method in ("GET", "DELETE"):
        status, problem = one(webhooks, method, webhook["webhook_id"], owner="me")
        assert (status, problem["code"]) == (404, "no_such_webhook")
    assert call(webhooks, "GET /webhooks", owner="me")[1]["items"] == []
    assert len(account.rows()) == 1


def test_a_deleted_webhook_is_gone(account: Account, webhooks: ModuleType) -> None:
    _, webhook = add(webhooks)
    assert one(webhooks, "DELETE", webhook["webhook_id"]) == (204, {})
    assert one(webhooks, "DELETE", webhook["webhook_id"])[0] == 404
    assert account.rows() == []


@pytest.mark.parametrize("webhook_id", ["default", "sub_nope", "x" * 2000, "*"])
def test_other_ids_are_no_webhook(webhooks: ModuleType, webhook_id: str) -> None:
    for method in ("GET", "DELETE"):
        assert one(webhooks, method, webhook_id)[0] == 404


def test_pages_hold_every_webhook_once(webhooks: ModuleType) -> None:
    webhook = {add(webhooks)[1]["webhook_id"] for _ in range(5)}
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        _, page = call(webhooks, "GET /webhooks", query=query)
        seen += [item["webhook_id"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    assert sorted(seen) == sorted(webhook)
    assert len(seen) == 5


def test_a_borrowed_cursor_is_refused(webhooks: ModuleType) -> None:
    for _ in range(3):
        add(webhooks, owner="them")
    _, page = call(webhooks, "GET /webhooks", query={"limit": "1"}, owner="them")
    status, problem = call(webhooks, "GET /webhooks", query={"cursor": page["next_cursor"]}, owner="me")
    assert (status, problem["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("cursor", ["nonsense", "!", "é", "c3ViX25vcGU=", "eHh4"])
def test_a_malformed_cursor_is_refused(webhooks: ModuleType, cursor: str) -> None:
    status, problem = call(webhooks, "GET /webhooks", query={"cursor": cursor})
    assert (status, problem["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("limit", ["0", "101", "x", "-1"])
def test_a_limit_out_of_range_is_refused(webhooks: ModuleType, limit: str) -> None:
    assert call(webhooks, "GET /webhooks", query={"limit": limit})[1]["code"] == "invalid_limit"


def patch(module: ModuleType, webhook_id: str, owner: str | None = None, **given: Any) -> tuple[int, dict[str, Any]]:
    route, path = "PATCH /webhooks/{webhook_id}", {"webhook_id": webhook_id}
    return call(module, route, path=path, owner=owner, body=json.dumps(given))


def test_named_fields_are_changed_and_the_others_stay(webhooks: ModuleType) -> None:
    _, webhook = add(webhooks, labels=["cat"], description="the till")
    status, changed = patch(webhooks, webhook["webhook_id"], labels=None, rate_limit=60)
    assert status == 200
    assert changed == {name: item for name, item in webhook.items() if name != "secret"} | {
        "labels": [],
        "rate_limit": 60,
    }
    assert one(webhooks, "GET", webhook["webhook_id"])[1] == changed


def test_a_disabled_webhook_shows_it_until_it_is_enabled_without_failures(
    account: Account, webhooks: ModuleType
) -> None:
    _, webhook = add(webhooks)
    _, disabled = patch(webhooks, webhook["webhook_id"], enabled=False)
    assert (disabled["enabled"], disabled["disabled"]["reason"]) == (False, "owner")
    failing: Item = {name: {"N": "9"} for name in ("failing_since", "failures", "failed_at")}
    account.subscriptions.change("public", webhook["webhook_id"], failing, ())
    _, enabled = patch(webhooks, webhook["webhook_id"], enabled=True)
    assert (enabled["enabled"], enabled["disabled"], enabled["failing_since"]) == (True, None, None)
    assert Subscription.from_item(account.rows()[0]).circuit_breaker == CircuitBreaker()


def test_another_url_has_no_failures_yet(account: Account, webhooks: ModuleType) -> None:
    _, webhook = add(webhooks)
    account.subscriptions.change("public", webhook["webhook_id"], {"failures": {"N": "9"}, "failed_at": {"N": "9"}}, ())
    patch(webhooks, webhook["webhook_id"], url="https://example.com/new")
    assert Subscription.from_item(account.rows()[0]).circuit_breaker == CircuitBreaker()


@pytest.mark.parametrize(
    ("given", "refused", "code"),
    [
        ({}, 400, "invalid_webhook"),
        ({"secret": "whsec_mine"}, 400, "invalid_webhook"),
        ({"enabled": "yes"}, 400, "invalid_webhook"),
        ({"enabled": None}, 400, "invalid_webhook"),
        ({"events": []}, 400, "invalid_webhook"),
        ({"url": None}, 400, "invalid_webhook"),
        ({"url": "http://10.0.0.1/"}, 422, "url_blocked"),
        ({"url": "x"}, 400, "invalid_url"),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(
    account: Account, webhooks: ModuleType, given: dict[str, Any], refused: int, code: str
) -> None:
    _, webhook = add(webhooks)
    before = account.rows()
    status, problem = patch(webhooks, webhook["webhook_id"], **given)
    assert (status, problem["code"]) == (refused, code)
    assert account.rows() == before


def test_owners_change_and_rotate_only_their_own(account: Account, webhooks: ModuleType) -> None:
    _, webhook = add(webhooks, owner="them")
    before = account.rows()
    assert patch(webhooks, webhook["webhook_id"], owner="me", description="mine")[0] == 404
    rotated = call(
        webhooks, "POST /webhooks/{webhook_id}/rotate", path={"webhook_id": webhook["webhook_id"]}, owner="me"
    )
    assert rotated[0] == 404
    assert account.rows() == before


def test_a_rotation_shows_the_new_secret_once_and_says_how_long_the_old_one_signs(
    account: Account, webhooks: ModuleType
) -> None:
    _, webhook = add(webhooks)
    status, rotated = call(webhooks, "POST /webhooks/{webhook_id}/rotate", path={"webhook_id": webhook["webhook_id"]})
    assert status == 200
    assert rotated["secret"] == secret(SIGNING_KEY, webhook["webhook_id"], 2) != webhook["secret"]
    kept = Subscription.from_item(account.rows()[0])
    (at,) = kept.rotations
    assert datetime.fromisoformat(rotated["previous_secret_until"]).timestamp() == pytest.approx(at + 86_400, abs=1)
    assert kept.generations(at) == [2, 1]
    assert "secret" not in one(webhooks, "GET", webhook["webhook_id"])[1]


@no_fixture_check
@given(body=objects("url", "events", "labels", "min_confidence", "description", "rate_limit", "enabled"))
def test_no_json_fails_a_route(webhooks: ModuleType, body: str) -> None:
    for route in ("POST /webhooks", "PATCH /webhooks/{webhook_id}"):
        assert call(webhooks, route, path={"webhook_id": "sub_" + "0" * 32}, body=body)[0] < 500
