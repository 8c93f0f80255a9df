"""Deliveries that have to wait are queued anew: to hide their messages instead would count as an attempt."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from secrets import SystemRandom

from aws_lambda_powertools import Logger

from integration.deliver.runtime.admission import LONGEST_DELAY
from integration.deliver.runtime.eligibility import Due
from integration.deliver.runtime.outcome import Outcome, PutOff
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.queue import Deliveries

JITTER = 0.1

logger = Logger()
_random = SystemRandom()


def queue_anew(
    due: Mapping[str, Due],
    outcomes: Mapping[str, Outcome],
    deliveries: Deliveries,
    chance: Callable[[], float] = _random.random,
) -> set[str]:
    """Send those that are put off once more, to come when they may; answers the messages that this replaces."""
    waits = {name: each for name, each in outcomes.items() if isinstance(each, PutOff)}
    anew = {name: _anew(*due[name], wait) for name, wait in waits.items()}
    delays = {anew[name].delivery_id: _delay(wait, chance) for name, wait in waits.items()}
    if not anew:
        return set()
    taken = deliveries.add(anew.values(), delays)
    for each in anew.values():
        said = {"seconds": delays[each.delivery_id], "queued": each.delivery_id in taken}
        logger.info("put off", extra=each.log_keys | said)
    return {name for name, each in anew.items() if each.delivery_id in taken}


def _anew(delivery: Delivery, number: int, wait: PutOff) -> Delivery:
    return replace(delivery, tried=number - 1, put_off=True, reserved=wait.reserved)


def _delay(wait: PutOff, chance: Callable[[], float]) -> int:
    """Reserved turns have an order; others get some jitter, so that they do not come all at once."""
    return min(math.ceil(wait.seconds * (1 if wait.reserved else 1 + JITTER * chance())), LONGEST_DELAY)
