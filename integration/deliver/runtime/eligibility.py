"""Eligibility: drop the deliveries whose subscription or image is gone; find the current subscription of the others.

Fresh deliveries need no request. All others of a batch share one read of each table.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from integration.deliver.runtime.outcome import DISABLED, ERASED, EXHAUSTED, UNSUBSCRIBED, DueDelivery, Skipped
from integration.deliver.runtime.stores import Stores
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.subscription import Subscription
from wire.aws.retry_policy import DELIVERIES

HASTE_SECONDS = 0
"""Within this time after dispatch, no image is looked up once its rows are written.

None is safe: a subscriber may erase an image before it responds to the delivery about it.
"""
FRESH_SECONDS = 60
"""For this long after dispatch, the subscription that was queued is trusted; later it may have been deleted."""

_Key = tuple[str, str]


class Eligibility(NamedTuple):
    """The eligible deliveries, with their current subscriptions, and the outcomes of the others, by message id."""

    eligible: dict[str, DueDelivery]
    skipped: dict[str, Skipped]


def check_eligibility(due: Collection[DueDelivery], stores: Stores, now: float) -> Eligibility:
    """Look up the subscriptions and images of these deliveries; raises botocore's errors, or UndoneError."""
    subscriptions = _current_subscriptions(due, stores, now)
    old = [delivery.delivery for delivery in due if _may_be_erased(delivery, now)]
    erased = stores.log.erased(old) if old else set()
    eligible, skipped = dict[str, DueDelivery](), dict[str, Skipped]()
    for delivery in due:
        subscription = subscriptions.get(delivery.subscription.key)
        if reason := _reason_to_skip(delivery, subscription, erased):
            skipped[delivery.message_id] = reason
        elif subscription:
            eligible[delivery.message_id] = delivery._replace(subscription=subscription)
    return Eligibility(eligible, skipped)


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
    """Return False if the delivery is fresh: neither tried nor postponed before, and queued lately."""
    return due.number > 1 or due.delivery.put_off or due.delivery.queued_at < now - FRESH_SECONDS


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
    if (due.subscription.owner, due.delivery.delivery_id) in erased:
        return ERASED
    if not subscription:
        return UNSUBSCRIBED
    return DISABLED if subscription.disabled else None
