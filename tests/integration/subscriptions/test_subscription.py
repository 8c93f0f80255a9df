from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.event import TYPES, Event
from domain.ids import is_id
from domain.recognition import Rejection
from integration.subscriptions.runtime.circuit_breaker import FAILURES, SHORTEST_REST, CircuitBreaker
from integration.subscriptions.runtime.subscription import (
    ID_PREFIX,
    ROTATION_SECONDS,
    Subscription,
    new_subscription_id,
)
from tests.builders import image, recognition
from tests.integration.conftest import subscription

AT = "2026-11-20T17:00:01.000Z"
NOW = 1_800_000_000
CAT = Event.recognized(image(), recognition("Cat", 0.9), AT)
REJECTED = Event.rejected(image(), Rejection("empty", "The file is empty."), AT)


def test_a_subscription_survives_its_table() -> None:
    kept = subscription(
        events=("image.rejected",),
        labels=("cat", "狗"),
        min_confidence=0.1,
        description="the till",
        generation=3,
        created_at=AT,
    )
    assert Subscription.from_item(kept.to_item()) == kept


def test_the_json_form_has_every_preference_and_no_secret() -> None:
    assert subscription(labels=("cat",)).to_dict(NOW) == {
        "webhook_id": "sub_" + "0" * 32,
        "url": "https://example.com/hook",
        "events": list(TYPES),
        "labels": ["cat"],
        "min_confidence": 0.0,
        "description": "",
        "rate_limit": None,
        "created_at": "",
        "enabled": True,
        "disabled": None,
        "failing_since": None,
        "resting_until": None,
    }


def test_the_json_form_of_a_failing_or_disabled_subscription_has_time_and_reason() -> None:
    failing = subscription(
        circuit_breaker=CircuitBreaker(failing_since=1_800_000_000, failures=3), disabled="gone", disabled_at=AT
    )
    shown = failing.to_dict(NOW)
    assert shown["failing_since"] == "2027-01-15T08:00:00.000Z"
    assert (shown["enabled"], shown["disabled"]) == (False, {"reason": "gone", "at": AT})


@pytest.mark.parametrize(
    ("breaker", "resting_until"),
    [
        (CircuitBreaker(), None),
        (CircuitBreaker(NOW - 60, FAILURES - 1, NOW), None),
        (CircuitBreaker(NOW - 60, FAILURES, NOW), "2027-01-15T08:00:30.000Z"),
        (CircuitBreaker(NOW - 60, FAILURES, NOW - SHORTEST_REST), None),
        (CircuitBreaker(NOW, 1, NOW, rest_until=NOW + 7), "2027-01-15T08:00:07.000Z"),
        (CircuitBreaker(NOW - 60, 1, NOW - 60, rest_until=NOW), None),
    ],
)
def test_the_json_form_tells_how_long_a_subscriber_rests(breaker: CircuitBreaker, resting_until: str | None) -> None:
    assert subscription(circuit_breaker=breaker).to_dict(NOW)["resting_until"] == resting_until


def test_a_rotated_secret_signs_beside_its_successor_for_a_day() -> None:
    once = subscription().rotated(1_800_000_000)
    assert once.generations(1_800_000_000 + ROTATION_SECONDS - 1) == [2, 1]
    assert once.generations(1_800_000_000 + ROTATION_SECONDS) == [2]
    twice = once.rotated(1_800_000_000 + 3600)
    assert twice.generations(1_800_000_000 + 7200) == [3, 2, 1]
    assert twice.generations(1_800_000_000 + ROTATION_SECONDS) == [3, 2]


def test_however_often_it_is_rotated_only_so_many_secrets_sign() -> None:
    rotated = subscription()
    for n in range(9):
        rotated = rotated.rotated(1_800_000_000 + n)
    assert rotated.generations(1_800_000_010) == [10, 9, 8, 7, 6]


def test_without_preferences_every_event_is_wanted() -> None:
    assert subscription().wants(CAT)
    assert subscription().wants(REJECTED)
    assert subscription().wants(Event.recognized(image(), replace(recognition(), detections=()), AT))


def test_without_a_choice_an_event_type_that_is_declared_later_is_wanted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    all_types, chosen = subscription().to_item(), subscription(events=TYPES).to_item()
    monkeypatch.setattr("integration.subscriptions.runtime.subscription.TYPES", (*TYPES, "image.flagged"))
    flagged = replace(REJECTED, type="image.flagged")
    assert Subscription.from_item(all_types).wants(flagged)
    assert Subscription.from_item(all_types).to_dict(NOW)["events"] == [*TYPES, "image.flagged"]
    assert not Subscription.from_item(chosen).wants(flagged)
    assert Subscription.from_item(chosen).to_dict(NOW)["events"] == [*TYPES]


def test_other_types_are_not_wanted() -> None:
    assert not subscription(events=("image.rejected",)).wants(CAT)
    assert not subscription(events=("image.recognized",)).wants(REJECTED)


@pytest.mark.parametrize(
    ("labels", "min_confidence", "wanted"),
    [
        (("cat",), 0.0, True),
        (("cat",), 0.9, True),
        (("cat",), 0.91, False),
        (("bird", "CAT"), 0.5, True),
        (("bird",), 0.0, False),
        (("dog",), 0.5, False),
        ((), 0.9, True),
        ((), 0.91, False),
    ],
)
def test_one_of_the_labels_must_be_seen_surely_enough(
    labels: tuple[str, ...], min_confidence: float, wanted: bool
) -> None:
    assert subscription(labels=labels, min_confidence=min_confidence).wants(CAT) is wanted


def test_labels_do_not_filter_rejections() -> None:
    assert subscription(labels=("bird",), min_confidence=1.0).wants(REJECTED)


def test_ids_sort_by_the_time_they_were_made() -> None:
    times = [datetime(2026, 11, 20, hour, tzinfo=UTC) for hour in range(3)]
    ids = [new_subscription_id(at) for at in times]
    assert ids == sorted(ids)
    assert all(is_id(ID_PREFIX, name) for name in ids)
    assert len({new_subscription_id(times[0]) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "text", ["", "default", "sub_", "sub_" + "g" * 32, "sub_" + "0" * 33, "sub_" + "0" * 32 + "\n"]
)
def test_other_texts_are_no_id(text: str) -> None:
    assert not is_id(ID_PREFIX, text)
