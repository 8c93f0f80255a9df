"""Eligibility: drop the deliveries whose subscription or image is gone; find the current subscription of the others.

Fresh deliveries need no request. All others of a batch share one read of each table.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import NamedTuple

from integration.deliver.runtime.outcome import DISABLED, ERASED, EXHAUSTED, UNSUBSCRIBED, DueDelivery, Skipped
from integration.deliver.runtime.stores import Stores
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log import Logged
from integration.deliveries.runtime.log_row import DeliveryRecord
from integration.subscriptions.runtime.subscription import Subscription
from wire.aws.retry_policy import DELIVERIES

HASTE_SECONDS = 2
"""Within this time after dispatch, no image is looked up: its erasure cannot have come so soon."""
FRESH_SECONDS = 60
"""For this long after dispatch, the subscription that was queued is trusted; later it may have been deleted."""

_Key = tuple[str, str]


class Eligibility(NamedTuple):
    """All deliveries with their current subscriptions and numbers, and the outcomes of those that are not eligible.

    Both are by message id.
    """

    current: dict[str, DueDelivery]
    skipped: dict[str, Skipped]

    @property
    def eligible(self) -> dict[str, DueDelivery]:
        """The eligible deliveries."""
        return {message_id: due for message_id, due in self.current.items() if message_id not in self.skipped}


def check_eligibility(due: Collection[DueDelivery], stores: Stores, now: float) -> Eligibility:
    """Look up the subscriptions and images of these deliveries; raises botocore's errors, or UndoneError."""
    subscriptions = _current_subscriptions(due, stores, now)
    old = [delivery.delivery for delivery in due if _may_be_erased(delivery, now)]
    logged = stores.log.look_up(old) if old else Logged(set(), {})
    result = Eligibility({}, {})
    for delivery in due:
        subscription = subscriptions.get(delivery.subscription.key)
        counted = replace(delivery, number=_number(delivery, logged.records.get(delivery.key)))
        if reason := _reason_to_skip(counted, subscription, logged.erased):
            result.skipped[delivery.message_id] = reason
        result.current[delivery.message_id] = replace(counted, subscription=subscription or delivery.subscription)
    return result


def erasure_candidates(due: Iterable[DueDelivery], begun: float, now: float) -> list[Delivery]:
    """Return the deliveries whose images may have been erased since the batch was begun and they were checked.

    One that was too fresh to be checked is among them as soon as it is no longer that fresh.
    """
    return [
        delivery.delivery
        for delivery in due
        if now - delivery.delivery.queued_at >= HASTE_SECONDS or _may_be_erased(delivery, begun)
    ]


def _may_be_erased(due: DueDelivery, now: float) -> bool:
    """Return False if the delivery is fresh: neither received nor postponed before, and queued lately."""
    return due.received > 1 or due.delivery.put_off or due.delivery.queued_at < now - FRESH_SECONDS


def _number(due: DueDelivery, record: DeliveryRecord | None) -> int:
    """Return the number of the attempt that is due, by the log: a message may be received without an attempt.

    Of a delivery that ended before, the receives count: it is redriven, or SQS has not accepted it as a dead letter.
    """
    if not record:
        return due.number
    return max(due.number, record.tries + 1) if record.status == "pending" else due.delivery.tried + due.received


def _current_subscriptions(due: Iterable[DueDelivery], stores: Stores, now: float) -> dict[_Key, Subscription]:
    known: dict[_Key, Subscription] = {}
    old: set[_Key] = set()
    for delivery in due:
        queued, queued_at = delivery.subscription, delivery.delivery.queued_at
        if queued_at < now - FRESH_SECONDS:
            old.add(queued.key)
        else:
            known[queued.key] = stores.state.current(queued, queued_at)
    return known | stores.subscriptions.by_ids(old) if old else known


def _reason_to_skip(due: DueDelivery, subscription: Subscription | None, erased: Collection[_Key]) -> Skipped | None:
    if due.number > DELIVERIES.tries:
        return EXHAUSTED
    if due.key in erased:
        return ERASED
    if not subscription:
        return UNSUBSCRIBED
    return DISABLED if subscription.disabled else None
