"""An event that ends the dispatch function: its neighbors are dispatched, its message is given up."""

from collections.abc import Sequence
from typing import Any

import pytest

from domain.event import Event
from tests.builders import image, recognition
from tests.integration.conftest import Account, reloaded, subscription
from tests.redelivery import EndedError, Redelivery
from wire.aws.queue import Record

EVENTS = [
    Event.recognized(image(image_id=f"img_{n:032x}"), recognition(), "2026-11-20T17:00:01.000Z").to_json()
    for n in range(10)
]


def test_nine_are_dispatched_and_the_killer_is_a_dead_letter(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.subscriptions.add(subscription())
    module = reloaded("dispatch.runtime.handler")
    real = module.dispatch

    def dispatch(records: Sequence[Record], *arguments: Any) -> Any:
        if any(record["body"] == EVENTS[4] for record in records):
            raise EndedError
        return real(records, *arguments)

    monkeypatch.setattr(module, "dispatch", dispatch)
    messages = Redelivery(module, {f"m{n}": body for n, body in enumerate(EVENTS)}, monkeypatch)
    messages.work_off(most=12)
    assert {delivery.image_id for delivery in account.queued()} == {f"img_{n:032x}" for n in range(10) if n != 4}
    assert account.dead() == [EVENTS[4]]
    assert account.logged() == []
    assert account.dynamodb.scan(TableName="deliveries")["Items"] == []
