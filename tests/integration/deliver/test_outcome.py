"""The outcomes of a message: if it may leave the queue, when it is retried, and the rows that it adds to the log."""

from dataclasses import replace

import pytest

from domain.event import Event
from integration.deliver.runtime.outcome import (
    DISABLED,
    ERASED,
    EXHAUSTED,
    MALFORMED,
    UNSUBSCRIBED,
    DueDelivery,
    Postponed,
    Skipped,
)
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.row import DeliveryRecord
from integration.deliveries.runtime.queue import LONGEST_DELAY
from integration.deliveries.runtime.response import BROKEN, HUNG, SubscriberResponse
from tests.builders import image, recognition, sqs_event
from tests.integration.conftest import subscription
from wire.aws.retry_policy import DELIVERIES

NOW = 1_800_000_000.0
DELIVERY = Delivery.of(Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z"), subscription(), int(NOW))


def attempt(response: SubscriberResponse, number: int = 1) -> Attempt:
    return Attempt(number, NOW, 7, response)


@pytest.mark.parametrize("status", [200, 201, 204, 299, 410])
def test_an_accepted_or_gone_attempt_is_finished(status: int) -> None:
    assert attempt(SubscriberResponse(status)).finished


@pytest.mark.parametrize("status", [0, 103, 301, 302, 400, 404, 429, 500, 503])
def test_every_other_status_is_tried_again(status: int) -> None:
    assert not attempt(SubscriberResponse(status)).finished


def test_an_attempt_without_a_response_is_tried_again() -> None:
    assert not any(attempt(response).finished for response in (BROKEN, HUNG))


@pytest.mark.parametrize("outcome", [UNSUBSCRIBED, DISABLED, ERASED])
def test_a_dropped_delivery_is_finished(outcome: Skipped) -> None:
    assert outcome.finished


@pytest.mark.parametrize("outcome", [EXHAUSTED, MALFORMED])
def test_a_dead_letter_is_not_finished_and_moves_at_once(outcome: Skipped) -> None:
    assert not outcome.finished
    assert outcome.retry_delay() == 0


def test_a_failed_attempt_is_retried_by_the_retry_policy_and_not_after_the_last() -> None:
    failed = SubscriberResponse(500)
    delays = [attempt(failed, number).retry_delay() for number in (1, 2, DELIVERIES.tries)]
    assert delays == pytest.approx([5, 300, 0], rel=0.11, abs=1)


def test_retry_after_makes_the_delay_longer() -> None:
    assert attempt(SubscriberResponse(503, retry_after=4000)).retry_delay() == 4000


def test_a_postponed_message_is_hidden_no_longer_than_sqs_delays_a_message() -> None:
    assert (Postponed(1.2).retry_delay(), Postponed(5000).retry_delay()) == (2, LONGEST_DELAY)


@pytest.mark.parametrize(
    ("response", "number", "status"),
    [
        (SubscriberResponse(204), 2, "delivered"),
        (SubscriberResponse(410), 1, "dropped"),
        (SubscriberResponse(500), 1, "pending"),
        (SubscriberResponse(500), DELIVERIES.tries, "dead"),
    ],
)
def test_an_attempt_is_two_rows_and_decides_the_status(response: SubscriberResponse, number: int, status: str) -> None:
    state, own = attempt(response, number).rows(DELIVERY, number, 60, NOW)
    assert DeliveryRecord.from_item(state).status == status
    assert ("webhook_status" in state) == (status != "delivered")
    assert own["delivery"]["S"].startswith(f"{DELIVERY.delivery_id}/")


def test_a_delivery_that_is_told_at_once_is_one_row_in_one_index() -> None:
    (row,) = attempt(SubscriberResponse(204, body="thanks")).rows(DELIVERY, 1, 0, NOW)
    assert "webhook" in row
    assert "webhook_status" not in row
    record = DeliveryRecord.from_item(row)
    assert record.body == DELIVERY.body
    own = record.only_attempt()
    assert own is not None
    assert own | {"expires": row["expires"]} == attempt(SubscriberResponse(204, body="thanks")).to_item(
        DELIVERY, None, NOW
    )


def test_a_delivery_is_logged_when_it_is_postponed_first() -> None:
    assert len(Postponed(60).rows(DELIVERY, 1, 0, NOW)) == 1
    assert Postponed(60).rows(DELIVERY, 2, 0, NOW) == []
    assert Postponed(60).rows(replace(DELIVERY, put_off=True), 1, 0, NOW) == []


def test_a_dropped_delivery_is_logged_unless_it_is_dead_already() -> None:
    rows = [outcome.rows(DELIVERY, 2, 0, NOW) for outcome in (UNSUBSCRIBED, DISABLED, ERASED, EXHAUSTED)]
    assert [len(row) for row in rows] == [1, 1, 1, 0]


def test_a_delivery_about_an_erased_image_leaves_a_tombstone_over_what_a_dead_worker_has_logged() -> None:
    (record,) = Attempt(1, NOW, 7, SubscriberResponse(200)).rows(DELIVERY, 1, 0, NOW)[:1]
    (tombstone,) = ERASED.rows(DELIVERY, 2, 0, NOW)
    assert "body" in record
    assert {name: tombstone[name] for name in ("about", "delivery")} == {
        name: record[name] for name in ("about", "delivery")
    }
    assert set(tombstone) == {"about", "delivery", "erased", "expires"}


def test_the_number_of_an_attempt_counts_those_before_this_message() -> None:
    (record,) = sqs_event(replace(DELIVERY, tried=2).to_json(), attempt=3)["Records"]
    assert DueDelivery.from_record(record).number == 3
