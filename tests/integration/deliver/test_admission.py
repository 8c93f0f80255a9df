"""Who has to wait, and for how long."""

from dataclasses import replace
from typing import Any

from domain.event import Event
from integration.deliver.runtime.admission import LONGEST_DELAY, put_off
from integration.deliver.runtime.outcome import Owed, PutOff
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.circuit_breaker import FAILURES, SHORTEST_REST, Health
from integration.subscriptions.runtime.subscription import Subscription
from tests.builders import image, recognition
from tests.integration.conftest import subscription

NOW = 1_800_000_000.0
EVENT = Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z")
RESTED = Health(int(NOW) - 100, FAILURES, int(NOW) - SHORTEST_REST)


class Standing:
    """Standings that grant or refuse, and note what they are asked."""

    def __init__(self, probe: bool = True, turns: list[float] | None = None) -> None:
        self.granted, self.turns, self.asked = probe, turns, list[str]()

    def probe(self, told: Subscription, now: int) -> bool:
        self.asked.append("probe")
        return self.granted

    def reserve(self, told: Subscription, turns: int, now: float, longest: float) -> list[float] | None:
        self.asked.append(f"reserve {turns}")
        return self.turns


def owed(told: Subscription, *names: str, **changed: Any) -> list[Owed]:
    delivery = replace(Delivery.of(EVENT, told, int(NOW)), **changed)
    return [Owed(name, delivery, 1, told) for name in names]


def waits(standing: Standing, *each: Owed) -> dict[str, PutOff]:
    return put_off(each, standing, NOW)  # type: ignore[arg-type]


def test_who_is_well_waits_for_nothing_and_costs_nothing() -> None:
    standing = Standing()
    assert waits(standing, *owed(subscription(), "a", "b"), *owed(subscription(1), "c")) == {}
    assert standing.asked == []


def test_one_that_rests_keeps_nobody_else_waiting() -> None:
    resting = subscription(health=Health(int(NOW) - 100, FAILURES, int(NOW) - 10))
    standing = Standing()
    found = waits(standing, *owed(resting, "a", "b"), *owed(subscription(1), "c"))
    assert found == {"a": PutOff(SHORTEST_REST - 10), "b": PutOff(SHORTEST_REST - 10)}
    assert standing.asked == []


def test_after_its_rest_one_is_tried_and_the_others_wait() -> None:
    standing = Standing()
    assert waits(standing, *owed(subscription(health=RESTED), "a", "b")) == {"b": PutOff(SHORTEST_REST)}
    assert standing.asked == ["probe"]


def test_when_another_worker_tries_it_all_wait() -> None:
    assert waits(Standing(probe=False), *owed(subscription(health=RESTED), "a", "b")).keys() == {"a", "b"}


def test_the_worst_that_is_known_of_a_subscriber_counts() -> None:
    found = waits(Standing(probe=False), *owed(subscription(), "a"), *owed(subscription(health=RESTED), "b"))
    assert found.keys() == {"a", "b"}


def test_a_rest_that_was_asked_for_is_kept_even_after_one_failure() -> None:
    asked = subscription(health=Health(int(NOW), 1, int(NOW), int(NOW) + 70))
    assert waits(Standing(), *owed(asked, "a")) == {"a": PutOff(70)}


def test_a_rate_limit_spreads_the_attempts_over_the_turns() -> None:
    limited = subscription(rate_limit=60)
    found = waits(Standing(turns=[NOW, NOW + 1, NOW + 2]), *owed(limited, "a", "b", "c"))
    assert found == {"b": PutOff(1, reserved=True), "c": PutOff(2, reserved=True)}


def test_whose_turn_has_come_takes_no_other() -> None:
    limited, standing = subscription(rate_limit=60), Standing(turns=[])
    assert waits(standing, *owed(limited, "a", reserved=True)) == {}
    assert standing.asked == []


def test_when_all_turns_are_taken_everybody_waits_and_asks_again() -> None:
    found = waits(Standing(turns=None), *owed(subscription(rate_limit=1), "a", "b"))
    assert found == {"a": PutOff(LONGEST_DELAY), "b": PutOff(LONGEST_DELAY)}
