"""Queue postponed deliveries again as new messages: hiding the old messages would count as an attempt."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from secrets import SystemRandom

from aws_lambda_powertools import Logger

from integration.deliver.runtime.outcome import DueDelivery, Postponed
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.queue import LONGEST_DELAY, DeliveryQueue

JITTER = 0.1

logger = Logger()
_random = SystemRandom()


def requeue(
    postponed: Sequence[tuple[DueDelivery, Postponed]],
    queue: DeliveryQueue,
    chance: Callable[[], float] = _random.random,
) -> set[str]:
    """Send postponed deliveries once more, delayed; return the ids of the messages that are thereby replaced."""
    replacements = {due.message_id: _replacement(due, wait) for due, wait in postponed}
    delays = {due.delivery.delivery_id: _delay(wait, chance) for due, wait in postponed}
    accepted = queue.add(replacements.values(), delays)
    for delivery in replacements.values():
        seconds, queued = delays[delivery.delivery_id], delivery.delivery_id in accepted
        logger.info("delivery postponed", extra=delivery.log_keys | {"seconds": seconds, "queued": queued})
    return {message_id for message_id, delivery in replacements.items() if delivery.delivery_id in accepted}


def _replacement(due: DueDelivery, wait: Postponed) -> Delivery:
    return replace(due.delivery, tried=due.number - 1, put_off=True, reserved=wait.reserved)


def _delay(wait: Postponed, chance: Callable[[], float]) -> int:
    """Return the delay in seconds. Reserved slots are in order; other delays get jitter, to spread the messages."""
    return min(math.ceil(wait.seconds * (1 if wait.reserved else 1 + JITTER * chance())), LONGEST_DELAY)
