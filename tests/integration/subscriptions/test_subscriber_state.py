"""How subscribers stand, in the table and as a worker remembers."""

from dataclasses import replace

import pytest

from integration.subscriptions.runtime.circuit_breaker import FORGET_SECONDS, Health
from integration.subscriptions.runtime.subscriber_state import Standings
from integration.subscriptions.runtime.subscription import Subscription
from tests.integration.conftest import Account, subscription

NOW = 1_800_000_000
DEFAULT = Subscription.default("https://example.com/all")


@pytest.fixture
def told(account: Account) -> Subscription:
    account.subscriptions.add(subscription(rate_limit=60))
    return subscription(rate_limit=60)


@pytest.fixture
def standings(account: Account) -> Standings:
    return Standings(account.dynamodb, "subscriptions")


def stored(account: Account) -> Subscription:
    kept = account.subscriptions.get("public", subscription().subscription_id)
    assert kept
    return kept


def test_failures_are_counted_by_all_workers_together(account: Account, told: Subscription) -> None:
    one, two = (Standings(account.dynamodb, "subscriptions") for _ in range(2))
    assert one.failed(told, 2, 0, NOW) == Health(NOW, 2, NOW, 0)
    assert two.failed(told, 3, 0, NOW + 10) == Health(NOW, 5, NOW + 10, 0)
    assert stored(account).health == Health(NOW, 5, NOW + 10, 0)


def test_a_row_of_failures_begins_anew_after_a_day_without_an_attempt(account: Account, told: Subscription) -> None:
    Standings(account.dynamodb, "subscriptions").failed(told, 1, 0, NOW)
    known, later = stored(account), NOW + FORGET_SECONDS
    assert Standings(account.dynamodb, "subscriptions").failed(known, 1, 0, later).failing_since == later


def test_a_success_ends_it(account: Account, told: Subscription, standings: Standings) -> None:
    standings.failed(told, 7, NOW + 60, NOW)
    standings.recovered(told, NOW + 1)
    assert stored(account).health == Health()
    assert standings.now(told, NOW + 1).health == Health()


def test_a_worker_remembers_what_was_queued_before_it_knew(told: Subscription, standings: Standings) -> None:
    health = standings.failed(told, 7, 0, NOW)
    assert standings.now(told, NOW - 5).health == health
    assert standings.now(told, NOW + 5).health == Health()


def test_only_the_first_worker_tries_a_resting_subscriber(account: Account, told: Subscription) -> None:
    Standings(account.dynamodb, "subscriptions").failed(told, 7, 0, NOW)
    resting = stored(account)
    claims = [Standings(account.dynamodb, "subscriptions").probe(resting, NOW + 30 + n) for n in range(3)]
    assert claims == [True, False, False]


def test_it_is_disabled_once(account: Account, told: Subscription, standings: Standings) -> None:
    assert standings.disable(told, "gone", "2027-01-15T08:00:00.000Z", NOW)
    assert not standings.disable(told, "failing", "later", NOW)
    assert (stored(account).disabled, stored(account).disabled_at) == ("gone", "2027-01-15T08:00:00.000Z")
    assert standings.now(told, NOW).disabled


def test_turns_are_a_second_apart_at_sixty_a_minute_whoever_asks(account: Account, told: Subscription) -> None:
    one, two = (Standings(account.dynamodb, "subscriptions") for _ in range(2))
    assert one.reserve(told, 3, NOW, 900) == pytest.approx([NOW, NOW + 1, NOW + 2])
    assert two.reserve(told, 2, NOW + 1, 900) == pytest.approx([NOW + 3, NOW + 4])
    assert one.reserve(told, 1, NOW + 100, 900) == pytest.approx([NOW + 100])


def test_a_turn_too_far_off_is_not_given(told: Subscription, standings: Standings) -> None:
    slow = replace(told, rate_limit=1)
    assert standings.reserve(slow, 10, NOW, 900) == pytest.approx([NOW + 60 * n for n in range(10)])
    assert standings.reserve(slow, 10, NOW, 900) is None
    assert standings.reserve(slow, 5, NOW, 900) == pytest.approx([NOW + 60 * n for n in range(10, 15)])
    assert standings.reserve(slow, 1, NOW, 900) is None


def test_a_subscription_deleted_meanwhile_gets_no_row(account: Account, standings: Standings) -> None:
    standings.failed(subscription(), 1, 0, NOW)
    standings.recovered(subscription(), NOW)
    assert not standings.disable(subscription(), "gone", "now", NOW)
    assert standings.reserve(subscription(rate_limit=1), 1, NOW, 900) is None
    assert account.rows() == []


def test_the_default_one_stands_as_the_worker_has_seen_it(account: Account, standings: Standings) -> None:
    health = standings.failed(DEFAULT, 7, 0, NOW)
    assert standings.failed(replace(DEFAULT, health=health), 1, 0, NOW + 1).failures == 8
    assert standings.now(DEFAULT, NOW).health.resting
    assert account.rows() == []
