"""Record the results of a batch: requeue, pace the retries, log, and update the state of the subscribers."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from aws_lambda_powertools import Logger

from integration.deliver.runtime.batch import Batch, Message
from integration.deliver.runtime.outcome import DeliveryOutcome, DueDelivery
from integration.deliver.runtime.requeue import requeue
from integration.deliver.runtime.stores import Stores
from integration.deliver.runtime.telemetry import log_attempts, print_failures
from integration.deliver.runtime.update_subscribers import Publish, Reply, update_subscribers
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.queue import DeliveryQueue
from wire.aws.queue import Record, receive_count
from wire.aws.rows import Item, UndoneError

logger = Logger()


@dataclass(frozen=True, slots=True)
class _Results:
    """The results of a batch: the messages to retry and their delays, the log's rows, the attempts, the replies."""

    retried: list[Record] = field(default_factory=list)
    delays: dict[str, int] = field(default_factory=dict)
    due: list[DueDelivery] = field(default_factory=list)
    rows: list[Item] = field(default_factory=list)
    attempts: list[tuple[Delivery, Attempt]] = field(default_factory=list)
    replies: dict[tuple[str, str], list[Reply]] = field(default_factory=dict)

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
                replies = self.replies.setdefault(due.subscription.key, [])
                replies.append(Reply(due.subscription, outcome.response))


def record_results(
    batch: Batch,
    stores: Stores,
    queue: Callable[[], DeliveryQueue],
    publish: Publish,
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
    stay = _retry(results, queue) if results.retried else []
    _write(results, stores, publish, now())
    print_failures(results.attempts, now())
    return stay


def _retry(results: _Results, queue: Callable[[], DeliveryQueue]) -> list[Record]:
    """Hide messages until their next attempt, and move those without one to the dead letters; return those hidden.

    A message that was received for the first time is hidden in any case, for no time where it has no attempt.
    """
    spent = [
        record for record in results.retried if not results.delays[record["messageId"]] and receive_count(record) > 1
    ]
    paced = [record for record in results.retried if record not in spent]
    if paced:
        queue().retry_later(paced, lambda record: results.delays[record["messageId"]])
    buried = queue().bury(spent) if spent else []
    return [record for record in results.retried if record not in buried]


def _write(results: _Results, stores: Stores, publish: Publish, now: float) -> None:
    """Write to the tables. One that refuses is logged: to raise would post the deliveries once more."""
    with _logged_errors(results.due):
        stores.log.record(results.rows)
    if results.due:
        with _logged_errors(results.due):
            stores.log.forget_erased([due.delivery for due in results.due], results.rows, now)
    with _logged_errors(results.due):
        stores.log.record(update_subscribers(results.replies.values(), stores.state, publish, now))


@contextmanager
def _logged_errors(due: Sequence[DueDelivery]) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # deliver starts without AWS

    try:
        yield
    except (BotoCoreError, ClientError, UndoneError):
        for delivery in due:
            logger.exception("result not recorded", extra=delivery.delivery.log_keys)
