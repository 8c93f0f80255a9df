"""Eligibility: drop the deliveries whose subscription or image is gone; find the current subscription of the others.

Fresh deliveries need no request. All others of a batch share one read of each table.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from integration.deliver.runtime.outcome import DISABLED, ERASED, EXHAUSTED, UNSUBSCRIBED, DueDelivery, Skipped
from integration.deliver.runtime.stores import Stores
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.subscription import EVERY_OWNER, Subscription
from wire.aws.retry_policy import DELIVERIES

HASTE_SECONDS = 0
"""Within this time after dispatch, no image is looked up once its rows are written.

None is safe: a subscriber may erase an image before it responds to the delivery about it.
"""
FRESH_SECONDS = 60
"""For this long after dispatch, the first attempt trusts the queued subscription; later it may have been deleted."""

_Key = tuple[str, str]


class Eligibility(NamedTuple):
    """The eligible deliveries, with their current subscriptions, and the outcomes of the others, by message id."""

    eligible: dict[str, DueDelivery]
    skipped: dict[str, Skipped]


def check_eligibility(due: Collection[DueDelivery], stores: Stores, now: float) -> Eligibility:
    """Look up the subscriptions and images of these deliveries; raises botocore's errors, or UndoneError."""
    subscriptions = _current_subscriptions(due, stores, now)
    old = [delivery.delivery for delivery in due if not _is_fresh(delivery, now)]
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
        if now - delivery.delivery.queued_at >= HASTE_SECONDS or not _is_fresh(delivery, begun)
    ]


def _is_fresh(due: DueDelivery, now: float) -> bool:
    """Return True if a delivery was neither tried nor postponed before, and was queued lately.

    The image of any other one may have been erased, its subscription changed or deleted.
    """
    return due.number == 1 and not due.delivery.put_off and due.delivery.queued_at >= now - FRESH_SECONDS


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
    if (due.subscription.owner, due.delivery.delivery_id) in erased:
        return ERASED
    if not subscription:
        return UNSUBSCRIBED
    return DISABLED if subscription.disabled else None
