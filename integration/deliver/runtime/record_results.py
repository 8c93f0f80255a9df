"""Record the results of a batch: requeue, pace the retries, log, and update the state of the subscribers."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from aws_lambda_powertools import Logger

from domain.event import Event
from integration.deliver.runtime.batch import Batch, Message
from integration.deliver.runtime.eligibility import erasure_candidates
from integration.deliver.runtime.outcome import DeliveryOutcome, DueDelivery
from integration.deliver.runtime.requeue import requeue
from integration.deliver.runtime.stores import Stores
from integration.deliver.runtime.telemetry import log_attempts, print_failures
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log_row import DeliveryRecord, timestamp
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.deliveries.runtime.response import BROKEN, SubscriberResponse
from integration.subscriptions.runtime.circuit_breaker import LONGEST_RETRY_AFTER
from integration.subscriptions.runtime.disabled_event import FAILING, GONE, disabled_event
from integration.subscriptions.runtime.subscriber_state import SubscriberState
from integration.subscriptions.runtime.subscription import EVERY_OWNER, Subscription
from wire.aws.queue import Record
from wire.aws.rows import Item, UndoneError

Announce = Callable[[Event], None]

logger = Logger()


@dataclass(frozen=True, slots=True)
class _Results:
    """The results of a batch: the messages to retry and their delays, the log's rows, the attempts, the responses."""

    retried: list[Record] = field(default_factory=list)
    delays: dict[str, int] = field(default_factory=dict)
    due: list[DueDelivery] = field(default_factory=list)
    rows: list[Item] = field(default_factory=list)
    attempts: list[tuple[Delivery, Attempt]] = field(default_factory=list)
    by_subscriber: dict[tuple[str, str], list[tuple[Subscription, SubscriberResponse]]] = field(default_factory=dict)

    def add(self, message: Message, outcome: DeliveryOutcome, now: float, *, requeued: bool) -> None:
        """Add a message and its outcome."""
        delay = 0
        if not outcome.finished and not requeued:
            delay = self.delays[message.record["messageId"]] = outcome.retry_delay()
            self.retried.append(message.record)
        if due := message.due:
            self.due.append(due)
            self.rows.extend(outcome.rows(due.delivery, due.number, delay, now))
            if isinstance(outcome, Attempt):
                self.attempts.append((due.delivery, outcome))
                responses = self.by_subscriber.setdefault(due.subscription.key, [])
                responses.append((due.subscription, outcome.response))


def record_results(
    batch: Batch,
    stores: Stores,
    queue: Callable[[], DeliveryQueue],
    announce: Announce,
    now: Callable[[], float] = time.time,
) -> list[Record]:
    """Record the results of a batch; return the messages that must stay in the queue, to be retried.

    An image may be erased between the check of its deliveries and the write of their rows: `forget_erased` looks for
    its mark once more, after the write. Other workers may record attempts at the same subscribers meanwhile: the
    state is changed by conditional writes and by additions, never by writing back what was read. A worker may die
    between any two calls: messages that were not deleted are delivered again, with the same ids.
    """
    requeued = requeue(batch.postponed, queue()) if batch.postponed else set()
    results, at = _Results(), now()
    for message in batch.messages:
        results.add(message, batch.outcome(message), at, requeued=message.record["messageId"] in requeued)
    log_attempts(results.attempts)
    if results.retried:
        queue().retry_later(results.retried, lambda record: results.delays[record["messageId"]])
    _write(results, stores, announce, batch.begun, now())
    print_failures(results.attempts, now())
    return results.retried


def _write(results: _Results, stores: Stores, announce: Announce, begun: float, now: float) -> None:
    """Write to the tables. One that refuses is logged: to raise would post the deliveries once more."""
    with _logged_errors(results.due):
        stores.log.write(results.rows)
    if candidates := erasure_candidates(results.due, begun, now):
        with _logged_errors(results.due):
            stores.log.forget_erased(candidates, results.rows, now)
    with _logged_errors(results.due):
        stores.log.write(_update_subscribers(results, stores.state, announce, now))


@contextmanager
def _logged_errors(due: Sequence[DueDelivery]) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # deliver starts without AWS

    try:
        yield
    except (BotoCoreError, ClientError, UndoneError):
        for delivery in due:
            logger.exception("result not recorded", extra=delivery.delivery.log_keys)


def _update_subscribers(results: _Results, state: SubscriberState, announce: Announce, now: float) -> list[Item]:
    """Update the circuit breakers; disable the subscribers that are gone; return the log's rows about that."""
    rows = []
    for given in results.by_subscriber.values():
        subscription, responses = given[-1][0], [response for _, response in given if response != BROKEN]
        if not responses:
            continue
        failing, reason = _update_circuit_breaker(subscription, responses, state, now)
        if reason and subscription.owner != EVERY_OWNER:
            rows += _disable(failing, reason, state, announce, now)
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
    subscription: Subscription, reason: str, state: SubscriberState, announce: Announce, now: float
) -> list[Item]:
    """Announce, then disable: a crash in between announces twice, never not at all."""
    event = disabled_event(subscription, reason, timestamp(subscription.circuit_breaker.failing_since), timestamp(now))
    announce(event)
    if not state.disable(subscription, reason, event.timestamp, int(now)):
        return []
    logger.warning("webhook disabled", extra={"subscription_id": subscription.subscription_id, "reason": reason})
    own = DeliveryRecord.of(Delivery.of(event, subscription, int(now)), "dropped", reason="webhook_disabled")
    return [own.to_item(now)]
