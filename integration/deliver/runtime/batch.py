"""Batches of deliveries: one attempt at every delivery that is eligible and admitted, all at once; batches may overlap.

Lambda counts a worker as busy until it returns from its batch. One subscriber that lets every attempt wait for 15 s
would soon occupy all workers, so a worker whose attempts hang takes further batches from the queue meanwhile.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from integration.deliver.runtime.admission import postpone
from integration.deliver.runtime.eligibility import check_eligibility
from integration.deliver.runtime.http.send import Sender, start_attempts
from integration.deliver.runtime.outcome import MALFORMED, DeliveryOutcome, DueDelivery, Postponed
from integration.deliver.runtime.stores import Stores
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.queue import DeliveryQueue
from integration.deliveries.runtime.response import BROKEN, HUNG
from wire.aws.message import read_message
from wire.aws.queue import Record
from wire.aws.retry_policy import DELIVERIES
from wire.aws.rows import UndoneError

ATTEMPT_SECONDS = 15.0
PATIENCE = ATTEMPT_SECONDS + 5
"""Seconds until a batch ends, whatever hangs, so that its other messages do not return to the queue undelivered."""
MOST_THREADS = 64
"""At most this many attempts of a worker, of all its batches, may hang."""
UNHURRIED_SECONDS = 0.5
"""A worker waits this long for a batch before it takes another one."""
TAKING_SECONDS = 30
"""A worker takes batches for this long; if the last one hangs, its function's alarm about time still stays quiet."""
MOST_TAKEN = 10

logger = Logger()
threads = ThreadPoolExecutor(MOST_THREADS)


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """A message of the queue, its delivery (None if it holds none), and its outcome or the attempt under way."""

    record: Record
    due: DueDelivery | None
    result: DeliveryOutcome | Future[Attempt]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Messages; those among them whose deliveries are `postponed`; and the `attempts` at the others.

    The attempts began at `begun`, in seconds since 1970, and have `patience` seconds, until `until` on the monotonic
    clock.
    """

    messages: Sequence[Message]
    postponed: Sequence[tuple[DueDelivery, Postponed]]
    attempts: Collection[Future[Attempt]]
    begun: float
    patience: float
    until: float

    @property
    def hanging(self) -> list[Future[Attempt]]:
        """The attempts that have not ended."""
        return [attempt for attempt in self.attempts if not attempt.done()]

    @property
    def ended(self) -> bool:
        """True if every attempt has ended, or the patience has."""
        return time.monotonic() >= self.until or not self.hanging

    def outcome(self, message: Message) -> DeliveryOutcome:
        """Return a message's outcome. An attempt that has not ended by now counts as hung."""
        result = message.result
        if not isinstance(result, Future):
            return result
        assert message.due
        if not result.done():
            return Attempt(message.due.number, self.begun, round(self.patience * 1000), HUNG)
        if error := result.exception():
            logger.error("attempt failed by a fault", exc_info=error, extra=message.due.delivery.log_keys)
            return Attempt(message.due.number, self.begun, 0, BROKEN)
        return result.result()


def start(
    records: Iterable[Record],
    stores: Stores,
    sender: Sender,
    patience: float = PATIENCE,
    now: Callable[[], float] = time.time,
) -> Batch:
    """Start the attempts at the eligible and admitted deliveries of these messages.

    Raises botocore's errors, or UndoneError, before any attempt is made.
    """
    begun = now()
    by_id = {record["messageId"]: record for record in records}
    given = {
        message_id: due
        for message_id, record in by_id.items()
        if (due := read_message(record, DueDelivery.from_record))
    }
    checked = check_eligibility(given.values(), stores, begun)
    eligible, skipped = checked.eligible, checked.skipped
    for message_id, outcome in skipped.items():
        logger.info("delivery not attempted", extra=given[message_id].delivery.log_keys | {"reason": outcome.reason})
    postponed = postpone(eligible.values(), stores.state, begun)
    attempts = start_attempts([due for due in eligible.values() if due.message_id not in postponed], sender, threads)
    results: dict[str, DeliveryOutcome | Future[Attempt]] = {**skipped, **postponed, **attempts}
    messages = [Message(by_id[name], checked.current.get(name), results.get(name, MALFORMED)) for name in by_id]
    waiting = [(eligible[name], wait) for name, wait in postponed.items()]
    return Batch(messages, waiting, attempts.values(), begun, patience, time.monotonic() + patience)


def without_attempts(records: Iterable[Record], now: float) -> Batch:
    """Return a batch of messages that are given up: each has ended the workers that tried it."""
    given = [(record, read_message(record, DueDelivery.from_record)) for record in records]
    last = Attempt(DELIVERIES.tries, now, 0, BROKEN)
    messages = [
        Message(record, due and due._replace(number=last.number), last if due else MALFORMED) for record, due in given
    ]
    return Batch(messages, (), (), now, 0, time.monotonic())


def take(
    queue: Callable[[], DeliveryQueue],
    begin: Callable[[Sequence[Record]], Batch],
    is_suspect: Callable[[Record], bool] = lambda record: False,
) -> Batch | None:
    """Take a batch from the queue and start it; return None if there are no messages.

    A suspect, which may end the worker, is left for a batch in which it can be handled alone.

    An error of AWS is logged and not raised: the messages of this batch return to the queue by themselves. To raise it
    would return those of the running batches as well, which would then be posted twice.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # deliver starts without AWS

    records = [record for record in queue().take() if not is_suspect(record)]
    try:
        return begin(records) if records else None
    except (BotoCoreError, ClientError, UndoneError):
        logger.exception("batch not started", extra={"messages": len(records)})
        return None


def work_off(
    first: Batch, take: Callable[[], Batch | None], clock: Callable[[], float] = time.monotonic
) -> Iterator[Batch]:
    """Yield the first batch, and the batches taken while attempts of any hang, each as soon as it has ended.

    Batches overlap, and two of them may hold deliveries to one subscriber. Only their attempts run in threads: batches
    are started and recorded by this one thread, so no two of them change SubscriberState's memory at once, and idle
    connections are checked out under the pool's lock. A taken message stays hidden from other workers for 60 s, longer
    than its batch can last.
    """
    until = clock() + TAKING_SECONDS
    running, patience = [first], UNHURRIED_SECONDS
    while running:
        wait([attempt for batch in running for attempt in batch.hanging], patience)
        ended = [batch for batch in running if batch.ended]
        running = [batch for batch in running if batch not in ended]
        yield from ended
        hanging = sum(len(batch.hanging) for batch in running)
        taking = clock() < until and 0 < hanging <= MOST_THREADS - MOST_TAKEN
        if taking and (taken := take()):
            running.append(taken)
        patience = 0 if taking else UNHURRIED_SECONDS
