"""Admission control: postpone deliveries to subscribers whose circuit is open or whose rate limit is used up."""

from collections.abc import Iterable, Mapping, Sequence

from integration.deliver.runtime.outcome import DueDelivery, Postponed
from integration.deliveries.runtime.queue import LONGEST_DELAY
from integration.subscriptions.runtime.circuit_breaker import SHORTEST_REST
from integration.subscriptions.runtime.subscriber_state import SubscriberState
from integration.subscriptions.runtime.subscription import Subscription


def postpone(due: Iterable[DueDelivery], state: SubscriberState, now: float) -> dict[str, Postponed]:
    """Return the deliveries that have to wait, by message id.

    A healthy subscriber without a rate limit costs no request.
    """
    by_subscription: dict[tuple[str, str], list[DueDelivery]] = {}
    for delivery in due:
        by_subscription.setdefault(delivery.subscription.key, []).append(delivery)
    groups = by_subscription.values()
    return {message_id: wait for group in groups for message_id, wait in _postpone(group, state, now).items()}


def _postpone(group: Sequence[DueDelivery], state: SubscriberState, now: float) -> Mapping[str, Postponed]:
    """Apply the circuit breaker, then the rate limiter, to the deliveries of one subscription.

    The deliveries may hold older and newer states of their subscription: the latest failure counts.
    """
    subscription = max((due.subscription for due in group), key=lambda known: known.circuit_breaker.failed_at)
    breaker = subscription.circuit_breaker
    if breaker.resumes_at > now:
        return _postpone_all(group, breaker.resumes_at - now)
    if breaker.open:
        probes = 1 if state.claim_probe(subscription, int(now)) else 0
        return _postpone_all(group[probes:], SHORTEST_REST)
    unreserved = [due for due in group if not due.delivery.reserved]
    return _limit_rate(unreserved, subscription, state, now) if subscription.rate_limit and unreserved else {}


def _limit_rate(
    group: Sequence[DueDelivery], subscription: Subscription, state: SubscriberState, now: float
) -> dict[str, Postponed]:
    slots = state.reserve_slots(subscription, len(group), now, LONGEST_DELAY)
    if slots is None:
        return _postpone_all(group, LONGEST_DELAY)
    later = {due.message_id: slot - now for due, slot in zip(group, slots, strict=True) if slot > now}
    return {message_id: Postponed(seconds, reserved=True) for message_id, seconds in later.items()}


def _postpone_all(group: Sequence[DueDelivery], seconds: float) -> dict[str, Postponed]:
    return {due.message_id: Postponed(seconds) for due in group}
