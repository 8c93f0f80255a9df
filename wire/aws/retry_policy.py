"""When what failed is tried again, queue by queue; the templates read from here how often a message may come."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from secrets import SystemRandom

LONGEST_PAUSE = 12 * 3600 - 180
"""SQS hides a message for 12 hours in all, counted from its receipt: the seconds the attempt took come off."""

_random = SystemRandom()


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`pauses` are the seconds after each failed try but the last, shorter or longer by chance by the part `jitter`."""

    pauses: tuple[int, ...]
    jitter: float = 0.0

    @property
    def tries(self) -> int:
        """How many there are."""
        return len(self.pauses) + 1

    def backoff(self, tried: int, at_least: int = 0, chance: Callable[[], float] = _random.random) -> int:
        """Seconds after the try of this number, or longer where somebody asks for it.

        Nothing after the last, so that a message goes to the dead letters at once.
        """
        if tried > len(self.pauses):
            return 0
        scheduled = self.pauses[tried - 1] * (1 - self.jitter + 2 * self.jitter * chance())
        return min(math.ceil(max(scheduled, at_least)), LONGEST_PAUSE)


UPLOADS = RetryPolicy((2, 4, 8, 16))
EVENTS = RetryPolicy((5, 20, 80, 320, 900))
REQUEUES = RetryPolicy((45, 90, 180, 360) + (675,) * 196, jitter=0.3)
"""A day and a half in all, each no longer than SQS delays a message; then what is put off is tried as any other."""
DELIVERIES = RetryPolicy((5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600), jitter=0.1)
