"""What the deliver function exists for: one attempt at every delivery that is owed and may be tried, all at once."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from integration.deliver.runtime import attempt_log
from integration.deliver.runtime.admission import put_off
from integration.deliver.runtime.eligibility import Due, recipients
from integration.deliver.runtime.http.poll import Send, TryOnce, attempts
from integration.deliver.runtime.outcome import Outcome, Owed
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.log import DeliveryLog
from integration.deliveries.runtime.response import BROKEN, HUNG, Answer
from integration.subscriptions.runtime.subscriber_state import Standings
from integration.subscriptions.runtime.subscription import Subscription
from integration.subscriptions.runtime.table import Subscriptions
from wire.aws.queue import Record

ATTEMPT_SECONDS = 15.0
PATIENCE = ATTEMPT_SECONDS + 5
"""Seconds until a batch is answered whatever hangs, so that nobody is told twice for a neighbour's sake."""
MOST_THREADS = 64
"""So many attempts may hang in one worker, of this batch and of others."""

logger = Logger()
threads = ThreadPoolExecutor(MOST_THREADS)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Messages, the deliveries due by them, and how it stands with these, all by message id.

    `settled` are those that need no attempt, or may have none now; those that are `tried` are `pending`, in this order.
    """

    records: Mapping[str, Record]
    due: Mapping[str, Due]
    owed: Sequence[Owed]
    settled: Mapping[str, Outcome]
    tried: Sequence[Owed]
    pending: Sequence[Future[Attempt]]
    begun: float
    patience: float
    until: float

    @property
    def over(self) -> bool:
        """Whether it can be answered: every attempt has come to something, or has had its time."""
        return time.monotonic() >= self.until or all(each.done() for each in self.pending)

    def outcomes(self) -> dict[str, Outcome]:
        """What came of every delivery."""
        made = {each.message_id: self._made(each, told) for each, told in zip(self.tried, self.pending, strict=True)}
        attempt_log.tell((each.delivery, made[each.message_id]) for each in self.tried)
        return {**self.settled, **made}

    def _made(self, owed: Owed, told: Future[Attempt]) -> Attempt:
        if not told.done():
            return Attempt(owed.number, self.begun, round(self.patience * 1000), HUNG)
        if error := told.exception():
            logger.error("attempt broke off", exc_info=error, extra=owed.delivery.log_keys)
            return Attempt(owed.number, self.begun, 0, BROKEN)
        return told.result()


def begin(
    records: Mapping[str, Record],
    due: Mapping[str, Due],
    subscriptions: Subscriptions,
    standings: Standings,
    log: DeliveryLog,
    try_once: TryOnce,
    send: Send,
    patience: float = PATIENCE,
    now: Callable[[], float] = time.time,
) -> Batch:
    """Try what is owed to somebody and may be tried."""
    begun = now()
    told = recipients(due, subscriptions, standings, log, begun)
    unneeded = {name: each for name, each in told.items() if isinstance(each, Answer)}
    for name, each in unneeded.items():
        logger.info("not attempted", extra=due[name][0].log_keys | {"reason": each.error})
    owed = [Owed(name, *due[name], each) for name, each in told.items() if isinstance(each, Subscription)]
    waiting = put_off(owed, standings, begun)
    tried = [each for each in owed if each.message_id not in waiting]
    pending = attempts(tried, send, try_once, threads)
    until = time.monotonic() + patience
    return Batch(records, due, owed, {**unneeded, **waiting}, tried, pending, begun, patience, until)
