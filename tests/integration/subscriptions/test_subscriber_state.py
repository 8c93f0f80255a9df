"""The state of subscribers, in the table and in a worker's memory."""

from dataclasses import replace

import pytest

from integration.subscriptions.runtime.circuit_breaker import STREAK_GAP_SECONDS, CircuitBreaker
from integration.subscriptions.runtime.subscriber_state import SubscriberState
from integration.subscriptions.runtime.subscription import Subscription
from tests.integration.conftest import Account, subscription

NOW = 1_800_000_000
DEFAULT = Subscription.default("https://example.com/all")


@pytest.fixture
def receiver(account: Account) -> Subscription:
    account.subscriptions.add(subscription(rate_limit=60))
    return subscription(rate_limit=60)


@pytest.fixture
def state(account: Account) -> SubscriberState:
    return SubscriberState(account.dynamodb, "subscriptions")


def stored(account: Account) -> Subscription:
    kept = account.subscriptions.get("public", subscription().subscription_id)
    assert kept
    return kept


def test_failures_are_counted_by_all_workers_together(account: Account, receiver: Subscription) -> None:
    one, two = (SubscriberState(account.dynamodb, "subscriptions") for _ in range(2))
    assert one.record_failures(receiver, 2, 0, NOW) == CircuitBreaker(NOW, 2, NOW, 0)
    assert two.record_failures(receiver, 3, 0, NOW + 10) == CircuitBreaker(NOW, 5, NOW + 10, 0)
    assert stored(account).circuit_breaker == CircuitBreaker(NOW, 5, NOW + 10, 0)


def test_a_new_streak_starts_after_a_day_without_an_attempt(account: Account, receiver: Subscription) -> None:
    SubscriberState(account.dynamodb, "subscriptions").record_failures(receiver, 1, 0, NOW)
    known, later = stored(account), NOW + STREAK_GAP_SECONDS
    assert SubscriberState(account.dynamodb, "subscriptions").record_failures(known, 1, 0, later).failing_since == later


def test_a_success_ends_a_streak(account: Account, receiver: Subscription, state: SubscriberState) -> None:
    state.record_failures(receiver, 7, NOW + 60, NOW)
    state.record_success(receiver, NOW + 1)
    assert stored(account).circuit_breaker == CircuitBreaker()
    assert state.current(receiver, NOW + 1).circuit_breaker == CircuitBreaker()


def test_a_worker_s_memory_serves_deliveries_queued_before(receiver: Subscription, state: SubscriberState) -> None:
    breaker = state.record_failures(receiver, 7, 0, NOW)
    assert state.current(receiver, NOW - 5).circuit_breaker == breaker
    assert state.current(receiver, NOW + 5).circuit_breaker == CircuitBreaker()


def test_only_the_first_worker_tries_a_resting_subscriber(account: Account, receiver: Subscription) -> None:
    SubscriberState(account.dynamodb, "subscriptions").record_failures(receiver, 7, 0, NOW)
    resting = stored(account)
    claims = [SubscriberState(account.dynamodb, "subscriptions").claim_probe(resting, NOW + 30 + n) for n in range(3)]
    assert claims == [True, False, False]


def test_a_subscription_is_disabled_once(account: Account, receiver: Subscription, state: SubscriberState) -> None:
    assert state.disable(receiver, "gone", "2027-01-15T08:00:00.000Z", NOW)
    assert not state.disable(receiver, "failing", "later", NOW)
    assert (stored(account).disabled, stored(account).disabled_at) == ("gone", "2027-01-15T08:00:00.000Z")
    assert state.current(receiver, NOW).disabled


def test_slots_are_a_second_apart_at_sixty_a_minute_over_all_workers(account: Account, receiver: Subscription) -> None:
    one, two = (SubscriberState(account.dynamodb, "subscriptions") for _ in range(2))
    assert one.reserve_slots(receiver, 3, NOW, 900) == pytest.approx([NOW, NOW + 1, NOW + 2])
    assert two.reserve_slots(receiver, 2, NOW + 1, 900) == pytest.approx([NOW + 3, NOW + 4])
    assert one.reserve_slots(receiver, 1, NOW + 100, 900) == pytest.approx([NOW + 100])


def test_a_slot_too_far_off_is_not_reserved(receiver: Subscription, state: SubscriberState) -> None:
    slow = replace(receiver, rate_limit=1)
    assert state.reserve_slots(slow, 10, NOW, 900) == pytest.approx([NOW + 60 * n for n in range(10)])
    assert state.reserve_slots(slow, 10, NOW, 900) is None
    assert state.reserve_slots(slow, 5, NOW, 900) == pytest.approx([NOW + 60 * n for n in range(10, 15)])
    assert state.reserve_slots(slow, 1, NOW, 900) is None


def test_a_subscription_deleted_meanwhile_gets_no_row(account: Account, state: SubscriberState) -> None:
    state.record_failures(subscription(), 1, 0, NOW)
    state.record_success(subscription(), NOW)
    assert not state.disable(subscription(), "gone", "now", NOW)
    assert state.reserve_slots(subscription(rate_limit=1), 1, NOW, 900) is None
    assert account.rows() == []


def test_the_state_of_the_default_subscription_is_the_worker_s_memory(account: Account, state: SubscriberState) -> None:
    breaker = state.record_failures(DEFAULT, 7, 0, NOW)
    assert state.record_failures(replace(DEFAULT, circuit_breaker=breaker), 1, 0, NOW + 1).failures == 8
    assert state.current(DEFAULT, NOW).circuit_breaker.open
    assert account.rows() == []
