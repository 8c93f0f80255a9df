import json
from dataclasses import replace
from typing import Any

import pytest

from domain.event import Event
from domain.ids import is_id
from domain.recognition import Box, Detection
from integration.deliveries.runtime.delivery import Delivery, DeliveryError, shared_prefix
from integration.subscriptions.runtime.circuit_breaker import CircuitBreaker
from tests.builders import image, recognition
from tests.integration.conftest import subscription

AT = "2026-11-20T17:00:01.000Z"
QUEUED_AT = 1_795_000_000
EVENT = Event.recognized(image("Katze 猫.jpg"), recognition(), AT)


def test_the_body_is_type_timestamp_and_data() -> None:
    body = json.loads(Delivery.of(EVENT, subscription(), QUEUED_AT).body)
    assert body == {"type": "image.recognized", "timestamp": AT, "data": EVENT.data}


def test_a_repeated_event_makes_the_same_delivery() -> None:
    assert Delivery.of(EVENT, subscription(), QUEUED_AT) == Delivery.of(EVENT, subscription(), QUEUED_AT)


def test_each_subscription_and_each_event_has_its_own_delivery() -> None:
    other = replace(EVENT, event_id="evt_other")
    made = {Delivery.of(event, subscription(n), QUEUED_AT).delivery_id for event in (EVENT, other) for n in (1, 2)}
    assert len(made) == 4
    assert all(delivery.startswith("dlv_") for delivery in made)


def test_a_delivery_survives_its_queue() -> None:
    receiver = subscription(rate_limit=60, generation=3, rotations=(1, 2), circuit_breaker=CircuitBreaker(1, 2, 3, 4))
    delivery = replace(Delivery.of(EVENT, receiver, QUEUED_AT), tried=2, put_off=True, reserved=True)
    assert Delivery.from_json(delivery.to_json()) == delivery


def test_the_fullest_event_stays_under_the_20_kb_promised() -> None:
    seen = tuple(Detection("é" * 100, 0.1234 + n / 1e6, Box(0.1234, 0.1234, 0.1234, 0.1234)) for n in range(100))
    event = Event.recognized(image("名" * 300), replace(recognition(), detections=seen), AT)
    assert len(Delivery.of(event, subscription(), QUEUED_AT).body.encode()) < 20_000


def test_an_event_that_would_break_the_promise_is_refused() -> None:
    with pytest.raises(DeliveryError, match="20"):
        Delivery.of(replace(EVENT, data={"name": "x" * 20_000}), subscription(), QUEUED_AT)


def test_ids_of_deliveries_share_a_prefix_if_they_are_about_one_image() -> None:
    made = Delivery.of(EVENT, subscription(), QUEUED_AT)
    again = Delivery.of(replace(EVENT, event_id="evt_again"), subscription(), QUEUED_AT)
    other = Delivery.of(Event.recognized(image(image_id="img_" + "7" * 32), recognition(), AT), subscription(), 1)
    prefix = shared_prefix(EVENT.data["image_id"])
    assert [delivery.delivery_id.startswith(prefix) for delivery in (made, again, other)] == [True, True, False]
    assert all(is_id("dlv", delivery.delivery_id) for delivery in (made, again, other))


def test_an_event_about_no_image_has_deliveries_of_its_own() -> None:
    event = Event("evt_" + "1" * 32, "webhook.test", AT, "public", {})
    made = Delivery.of(event, subscription(), QUEUED_AT)
    assert is_id("dlv", made.delivery_id)
    assert made.image_id == ""


GOOD = json.loads(Delivery.of(EVENT, subscription(), QUEUED_AT).to_json())


@pytest.mark.parametrize(
    "given",
    [
        [],
        {},
        {name: item for name, item in GOOD.items() if name != "subscription"},
        GOOD | {"body": 7},
        GOOD | {"delivery_id": ""},
        GOOD | {"queued_at": "1"},
        GOOD | {"tried": True},
        GOOD | {"x": 1},
        GOOD | {"subscription": None},
        GOOD | {"subscription": GOOD["subscription"] | {"url": ""}},
        GOOD | {"subscription": GOOD["subscription"] | {"generation": "1"}},
        GOOD | {"subscription": GOOD["subscription"] | {"health": [0, 0, 0]}},
        GOOD | {"subscription": GOOD["subscription"] | {"health": [0, 0, 0, "0"]}},
        GOOD | {"subscription": GOOD["subscription"] | {"rotations": 7}},
    ],
)
def test_another_shape_is_no_delivery(given: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Delivery.from_json(json.dumps(given))


def test_a_text_that_is_not_json_is_no_delivery() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        Delivery.from_json("not json")
