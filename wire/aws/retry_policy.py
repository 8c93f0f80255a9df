"""Retry policies of the queues: how often a function tries a message, and how long it waits in between."""

import math
from collections.abc import Callable
from secrets import SystemRandom
from typing import NamedTuple

LONGEST_PAUSE = 12 * 3600 - 180
"""SQS hides a message for at most 12 hours after its receipt; three minutes are left for the attempt itself."""

_random = SystemRandom()


class RetryPolicy(NamedTuple):
    """`pauses` are the seconds after each failed try but the last; each varies at random by the fraction `jitter`."""

    pauses: tuple[int, ...]
    jitter: float = 0.0

    @property
    def tries(self) -> int:
        """The number of tries."""
        return len(self.pauses) + 1

    def backoff(self, tried: int, at_least: int = 0, chance: Callable[[], float] = _random.random) -> int:
        """Return the seconds to wait after try number `tried`, but not less than `at_least`.

        Return 0 after the last try, so that the message becomes a dead letter at once.
        """
        if tried > len(self.pauses):
            return 0
        scheduled = self.pauses[tried - 1] * (1 - self.jitter + 2 * self.jitter * chance())
        return min(math.ceil(max(scheduled, at_least)), LONGEST_PAUSE)


UPLOADS = RetryPolicy((2, 4, 8, 16))
EVENTS = RetryPolicy((5, 20, 80, 320, 900))
REQUEUES = RetryPolicy((45, 90, 180, 360) + (675,) * 196, jitter=0.3)
"""A day and a half in total, in pauses that SQS allows as a delay; afterwards a message is retried by UPLOADS."""
DELIVERIES = RetryPolicy((5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600), jitter=0.1)
