"""Eligibility: drop the deliveries whose subscription or image is gone; find the current subscription of the others.

Fresh deliveries need no request. All others of a batch share one read of each table.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from integration.deliver.runtime.outcome import DISABLED, ERASED, EXHAUSTED, UNSUBSCRIBED, DueDelivery, Skipped
from integration.deliver.runtime.stores import Stores
from integration.deliveries.runtime.log.delivery_log import Logged
from integration.deliveries.runtime.log.row import DeliveryRecord
from integration.subscriptions.runtime.subscription import EVERY_OWNER, Subscription
from wire.aws.retry_policy import DELIVERIES

FRESH_SECONDS = 60
"""For this long after dispatch, the first attempt trusts the queued subscription; later it may have been deleted."""

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
    old = [delivery.delivery for delivery in due if not _is_fresh(delivery, now)]
    logged = stores.log.look_up(old) if old else Logged(set(), {})
    result = Eligibility({}, {})
    for delivery in due:
        subscription = subscriptions.get(delivery.subscription.key)
        counted = delivery._replace(number=_number(delivery, logged.records.get(delivery.key)))
        if reason := _reason_to_skip(counted, subscription, logged.erased):
            result.skipped[delivery.message_id] = reason
        result.current[delivery.message_id] = counted._replace(subscription=subscription or delivery.subscription)
    return result


def _is_fresh(due: DueDelivery, now: float) -> bool:
    """Return True if a delivery was neither received nor postponed before, and was queued lately.

    The image of any other one may have been erased, its subscription changed or deleted.
    """
    first = due.number == due.received == 1 and not due.delivery.put_off
    return first and due.delivery.queued_at >= now - FRESH_SECONDS


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
        queued = delivery.subscription
        if _is_fresh(delivery, now):
            known[queued.key] = stores.state.current(queued, delivery.delivery.queued_at)
        else:
            old.add(queued.key)
    if not old:
        return known
    found = stores.subscriptions.by_ids(old)
    stored = {
        key: stores.state.current(current, 0) if key[0] == EVERY_OWNER else current for key, current in found.items()
    }
    return {key: current for key, current in known.items() if key not in old} | stored


def _reason_to_skip(due: DueDelivery, subscription: Subscription | None, erased: Collection[_Key]) -> Skipped | None:
    if due.number > DELIVERIES.tries:
        return EXHAUSTED
    if due.key in erased:
        return ERASED
    if not subscription:
        return UNSUBSCRIBED
    return DISABLED if subscription.disabled else None
