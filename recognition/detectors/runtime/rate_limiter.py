"""A rate limiter: keeps the calls of one worker apart."""

import time
from collections.abc import Callable
from threading import Lock


class RateLimiter:
    """Keeps calls at least so many seconds apart, by whichever thread they are made."""

    def __init__(
        self, seconds: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._seconds, self._clock, self._sleep = seconds, clock, sleep
        self._next, self._lock = 0.0, Lock()

    def take(self) -> None:
        """Wait for the next one."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._seconds
        self._sleep(turn - now)

    def end(self) -> None:
        """Wait until another might be taken: whoever is called next, and knows nothing of these, may begin at once."""
        self._sleep(max(0.0, self._next - self._clock()))
