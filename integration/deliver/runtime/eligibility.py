"""To whom each delivery of a batch is owed as things stand now; one read for a batch whose messages are not fresh."""

from collections.abc import Mapping

from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log import DeliveryLog
from integration.deliveries.runtime.response import DISABLED, ERASED, EXHAUSTED, UNSUBSCRIBED, Answer
from integration.subscriptions.runtime.subscriber_state import Standings
from integration.subscriptions.runtime.subscription import Subscription
from integration.subscriptions.runtime.table import Subscriptions
from wire.aws.retry_policy import DELIVERIES

HASTE_SECONDS = 2
"""Within these after dispatch nobody looks whether an image was erased."""
FRESH_SECONDS = 60
"""So long after dispatch a subscription is taken to be as dispatch read it; later it may have been deleted."""

Due = tuple[Delivery, int]
"""A delivery and the number of the attempt that its message asks for."""


def recipients(
    due: Mapping[str, Due], subscriptions: Subscriptions, standings: Standings, log: DeliveryLog, now: float
) -> dict[str, Subscription | Answer]:
    """The subscription to tell, or why there is to be no attempt, by message id."""
    told = _told(due, subscriptions, standings, now)
    erased = log.erased(delivery for delivery, number in due.values() if _looked_at(delivery, number, now))
    return {name: _recipient(*each, told, erased) for name, each in due.items()}


def unwatched(due: Mapping[str, Due], begun: float, now: float) -> list[Delivery]:
    """Those whose images may have been erased since that was looked at, or if it was not, since they were queued."""
    return [
        delivery
        for delivery, number in due.values()
        if now - delivery.queued_at >= HASTE_SECONDS or _looked_at(delivery, number, begun)
    ]


def _looked_at(delivery: Delivery, number: int, now: float) -> bool:
    """Whether it is not too fresh for its image to have been erased: tried or put off before, or queued long ago."""
    return number > 1 or delivery.put_off or delivery.queued_at < now - FRESH_SECONDS


def _told(
    due: Mapping[str, Due], subscriptions: Subscriptions, standings: Standings, now: float
) -> dict[tuple[str, str], Subscription]:
    since = now - FRESH_SECONDS
    old = [delivery for delivery, _ in due.values() if delivery.queued_at < since]
    fresh = [delivery for delivery, _ in due.values() if delivery.queued_at >= since]
    known = {_key(each): standings.now(each.subscription, each.queued_at) for each in fresh}
    return known | subscriptions.by_ids(map(_key, old))


def _recipient(
    delivery: Delivery, number: int, told: Mapping[tuple[str, str], Subscription], erased: set[tuple[str, str]]
) -> Subscription | Answer:
    if number > DELIVERIES.tries:
        return EXHAUSTED
    if (delivery.owner, delivery.delivery_id) in erased:
        return ERASED
    subscription = told.get(_key(delivery))
    if not subscription:
        return UNSUBSCRIBED
    return DISABLED if subscription.disabled else subscription


def _key(delivery: Delivery) -> tuple[str, str]:
    return delivery.owner, delivery.subscription_id
