"""Admission control: which deliveries wait, and for how long."""

from dataclasses import replace
from typing import Any

from domain.event import Event
from integration.deliver.runtime.admission import postpone
from integration.deliver.runtime.outcome import DueDelivery, Postponed
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.queue import LONGEST_DELAY
from integration.subscriptions.runtime.circuit_breaker import FAILURES, SHORTEST_REST, CircuitBreaker
from integration.subscriptions.runtime.subscriber_state import SubscriberState
from integration.subscriptions.runtime.subscription import Subscription
from tests.builders import image, recognition
from tests.integration.conftest import subscription

NOW = 1_800_000_000.0
EVENT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")
RESTED = CircuitBreaker(int(NOW) - 100, FAILURES, int(NOW) - SHORTEST_REST)


class State(SubscriberState):
    """A state that grants or refuses, and notes the calls."""

    def __init__(self, probe: bool = True, slots: list[float] | None = None) -> None:
        self.granted, self.slots, self.calls = probe, slots, list[str]()

    def claim_probe(self, subscription: Subscription, now: int) -> bool:
        self.calls.append("probe")
        return self.granted

    def reserve_slots(self, subscription: Subscription, slots: int, now: float, longest: float) -> list[float] | None:
        self.calls.append(f"reserve {slots}")
        return self.slots


def due(receiver: Subscription, *names: str, **changed: Any) -> list[DueDelivery]:
    delivery = replace(Delivery.of(EVENT, receiver, int(NOW)), **changed)
    return [DueDelivery(name, delivery, 1, receiver) for name in names]


def waits(state: State, *deliveries: DueDelivery) -> dict[str, Postponed]:
    return postpone(deliveries, state, NOW)


def test_a_healthy_subscriber_costs_no_wait_and_no_request() -> None:
    state = State()
    assert waits(state, *due(subscription(), "a", "b"), *due(subscription(1), "c")) == {}
    assert state.calls == []


def test_a_resting_subscriber_keeps_no_other_waiting() -> None:
    resting = subscription(circuit_breaker=CircuitBreaker(int(NOW) - 100, FAILURES, int(NOW) - 10))
    state = State()
    found = waits(state, *due(resting, "a", "b"), *due(subscription(1), "c"))
    assert found == {"a": Postponed(SHORTEST_REST - 10), "b": Postponed(SHORTEST_REST - 10)}
    assert state.calls == []


def test_after_the_rest_one_delivery_is_tried_and_the_others_wait() -> None:
    state = State()
    assert waits(state, *due(subscription(circuit_breaker=RESTED), "a", "b")) == {"b": Postponed(SHORTEST_REST)}
    assert state.calls == ["probe"]


def test_while_another_worker_probes_every_delivery_waits() -> None:
    assert waits(State(probe=False), *due(subscription(circuit_breaker=RESTED), "a", "b")).keys() == {"a", "b"}


def test_the_latest_known_failure_of_a_subscriber_counts() -> None:
    found = waits(State(probe=False), *due(subscription(), "a"), *due(subscription(circuit_breaker=RESTED), "b"))
    assert found.keys() == {"a", "b"}


def test_a_requested_rest_is_respected_even_after_one_failure() -> None:
    requested = subscription(circuit_breaker=CircuitBreaker(int(NOW), 1, int(NOW), int(NOW) + 70))
    assert waits(State(), *due(requested, "a")) == {"a": Postponed(70)}


def test_a_rate_limit_spreads_the_attempts_over_its_slots() -> None:
    limited = subscription(rate_limit=60)
    found = waits(State(slots=[NOW, NOW + 1, NOW + 2]), *due(limited, "a", "b", "c"))
    assert found == {"b": Postponed(1, reserved=True), "c": Postponed(2, reserved=True)}


def test_a_delivery_with_a_reserved_slot_takes_no_other() -> None:
    limited, state = subscription(rate_limit=60), State(slots=[])
    assert waits(state, *due(limited, "a", reserved=True)) == {}
    assert state.calls == []


def test_when_all_slots_are_taken_every_delivery_waits_for_another_try() -> None:
    found = waits(State(slots=None), *due(subscription(rate_limit=1), "a", "b"))
    assert found == {"a": Postponed(LONGEST_DELAY), "b": Postponed(LONGEST_DELAY)}
