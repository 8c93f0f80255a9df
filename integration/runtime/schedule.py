"""When a failed Delivery is tried again, and how long an attempt may take."""

import math
from collections.abc import Callable
from secrets import SystemRandom

PAUSES = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
"""Seconds after each failed attempt but the last."""
JITTER = 0.1
LONGEST_PAUSE = 12 * 3600 - 180
"""SQS hides a message for 12 hours in all, counted from its receipt: the seconds the attempt took come off."""
ATTEMPT_SECONDS = 15.0

_random = SystemRandom()


def pause(attempt: int, retry_after: int = 0, chance: Callable[[], float] = _random.random) -> int:
    """Seconds until the next attempt: the schedule's, or longer where the subscriber asks for it.

    Nothing after the last attempt, so that it goes to the dead letters at once.
    """
    if attempt > len(PAUSES):
        return 0
    scheduled = PAUSES[attempt - 1] * (1 - JITTER + 2 * JITTER * chance())
    return min(math.ceil(max(scheduled, retry_after)), LONGEST_PAUSE)
