import json
from dataclasses import replace

import pytest

from domain.event import Event
from domain.recognition import Box, Detection
from integration.runtime.delivery import Delivery, DeliveryError
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
    assert all(each.startswith("dlv_") for each in made)


def test_a_delivery_survives_its_queue() -> None:
    delivery = Delivery.of(EVENT, subscription(), QUEUED_AT)
    assert Delivery.from_json(delivery.to_json()) == delivery


def test_the_fullest_event_stays_under_the_20_kb_promised() -> None:
    seen = tuple(Detection("é" * 100, 0.1234 + n / 1e6, Box(0.1234, 0.1234, 0.1234, 0.1234)) for n in range(100))
    event = Event.recognized(image("名" * 300), replace(recognition(), detections=seen), AT)
    assert len(Delivery.of(event, subscription(), QUEUED_AT).body.encode()) < 20_000


def test_an_event_that_would_break_the_promise_is_refused() -> None:
    with pytest.raises(DeliveryError, match="20"):
        Delivery.of(replace(EVENT, data={"name": "x" * 20_000}), subscription(), QUEUED_AT)


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "{}",
        '{"delivery_id":"d","owner":"o","subscription_id":"s"}',
        '{"delivery_id":"d","owner":"o","subscription_id":"s","body":7,"url":"u","generation":1,"queued_at":1}',
        '{"delivery_id":"d","owner":"","subscription_id":"s","body":"{}","url":"u","generation":1,"queued_at":1}',
        '{"delivery_id":"d","owner":"o","subscription_id":"s","body":"{}","url":"u","generation":true,"queued_at":1}',
        '{"delivery_id":"d","owner":"o","subscription_id":"s","body":"{}","url":"u","generation":1,"queued_at":"1"}',
        '{"delivery_id":"d","owner":"o","subscription_id":"s","body":"{}","url":"u","generation":1,"queued_at":1,"x":1}',
    ],
)
def test_another_message_is_no_delivery(text: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        Delivery.from_json(text)
