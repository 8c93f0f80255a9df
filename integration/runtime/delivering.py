"""What the deliver function exists for: one attempt at every delivery that is owed and may be tried, all at once."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

from aws_lambda_powertools import Logger

from integration.runtime import attempt_lines
from integration.runtime.answer import BROKEN, HUNG, Answer
from integration.runtime.attempt import Attempt
from integration.runtime.delivery import Delivery
from integration.runtime.delivery_log import DeliveryLog
from integration.runtime.gate import put_off
from integration.runtime.owed import Outcome, Owed
from integration.runtime.recipients import Due, recipients
from integration.runtime.standings import Standings
from integration.runtime.subscription import Subscription
from integration.runtime.subscriptions import Subscriptions

ATTEMPT_SECONDS = 15.0
PATIENCE = ATTEMPT_SECONDS + 5
"""Seconds until a batch is answered whatever hangs, so that nobody is told twice for a neighbour's sake."""
MOST_THREADS = 20
"""One for each record of a batch, and as many again should all of the last one's hang."""

TryOnce = Callable[[Delivery, Subscription, int], Attempt]

logger = Logger()
threads = ThreadPoolExecutor(MOST_THREADS)


def deliver(
    due: Mapping[str, Due],
    subscriptions: Subscriptions,
    standings: Standings,
    log: DeliveryLog,
    try_once: TryOnce,
    patience: float = PATIENCE,
    now: Callable[[], float] = time.time,
) -> tuple[list[Owed], dict[str, Outcome]]:
    """What was owed to somebody, and what came of every delivery, by message id."""
    begun = now()
    told = recipients(due, subscriptions, standings, log, begun)
    unneeded = {name: each for name, each in told.items() if isinstance(each, Answer)}
    for name, each in unneeded.items():
        logger.info("not attempted", extra=due[name][0].log_keys | {"reason": each.error})
    owed = [Owed(name, *due[name], each) for name, each in told.items() if isinstance(each, Subscription)]
    waiting = put_off(owed, standings, begun)
    tried = [each for each in owed if each.message_id not in waiting]
    made = _attempts(tried, try_once, patience, begun)
    attempt_lines.tell((each.delivery, made[each.message_id]) for each in tried)
    return owed, {**unneeded, **waiting, **made}


def _attempts(tried: list[Owed], try_once: TryOnce, patience: float, begun: float) -> dict[str, Attempt]:
    pending = [threads.submit(try_once, each.delivery, each.subscription, each.number) for each in tried]
    wait(pending, patience)
    made = (_made(each, future, begun, patience) for each, future in zip(tried, pending, strict=True))
    return dict(zip((each.message_id for each in tried), made, strict=True))


def _made(owed: Owed, pending: Future[Attempt], begun: float, patience: float) -> Attempt:
    if not pending.done():
        return Attempt(owed.number, begun, round(patience * 1000), HUNG)
    if error := pending.exception():
        logger.error("attempt broke off", exc_info=error, extra=owed.delivery.log_keys)
        return Attempt(owed.number, begun, 0, BROKEN)
    return pending.result()
