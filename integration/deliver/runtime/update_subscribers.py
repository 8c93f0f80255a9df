"""Update the state of the subscribers after a batch: their circuit breakers, and the disabling."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from aws_lambda_powertools import Logger

from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.row import DeliveryRecord, timestamp
from integration.deliveries.runtime.response import BROKEN, SubscriberResponse
from integration.subscriptions.runtime.circuit_breaker import LONGEST_RETRY_AFTER
from integration.subscriptions.runtime.disabled_event import FAILING, GONE, disabled_event
from integration.subscriptions.runtime.subscriber_state import SubscriberState
from integration.subscriptions.runtime.subscription import EVERY_OWNER, Subscription
from wire.aws.rows import Item

Publish = Callable[[Event], None]

logger = Logger()


class Reply(NamedTuple):
    """A subscription as it was at an attempt, and its response."""

    subscription: Subscription
    response: SubscriberResponse


def update_subscribers(
    replies: Iterable[Sequence[Reply]], state: SubscriberState, publish: Publish, now: float
) -> list[Item]:
    """Update the circuit breakers; disable the subscribers that are gone; return the log's rows about that.

    `replies` are grouped by subscriber.
    """
    rows = []
    for group in replies:
        subscription, responses = group[-1].subscription, [response for _, response in group if response != BROKEN]
        if not responses:
            continue
        failing, reason = _update_circuit_breaker(subscription, responses, state, now)
        if reason and subscription.owner != EVERY_OWNER:
            rows += _disable(failing, reason, state, publish, now)
    return rows


def _update_circuit_breaker(
    subscription: Subscription, responses: Sequence[SubscriberResponse], state: SubscriberState, now: float
) -> tuple[Subscription, str]:
    """Record a success or the failures; return the subscription as it is now, and a reason to disable it, if any."""
    gone = any(response.gone for response in responses)
    if not gone and any(response.accepted for response in responses):
        if subscription.circuit_breaker.failures:
            state.record_success(subscription, int(now))
        return subscription, ""
    requested = min(max(response.retry_after for response in responses), LONGEST_RETRY_AFTER)
    rest_until = max(subscription.circuit_breaker.rest_until, int(now) + requested if requested else 0)
    breaker = state.record_failures(subscription, len(responses), rest_until, int(now))
    reason = GONE if gone else FAILING if breaker.failed_too_long(int(now)) else ""
    return replace(subscription, circuit_breaker=breaker), reason


def _disable(
    subscription: Subscription, reason: str, state: SubscriberState, publish: Publish, now: float
) -> list[Item]:
    """Publish the event, then disable: a crash in between publishes twice, never not at all."""
    event = disabled_event(subscription, reason, timestamp(subscription.circuit_breaker.failing_since), timestamp(now))
    publish(event)
    if not state.disable(subscription, reason, event.timestamp, int(now)):
        return []
    logger.warning("webhook disabled", extra={"subscription_id": subscription.subscription_id, "reason": reason})
    own = DeliveryRecord.of(Delivery.of(event, subscription, int(now)), "dropped", reason="webhook_disabled")
    return [own.to_item(now)]
