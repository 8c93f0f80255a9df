"""A rate limiter: spaces the calls of one worker."""

import time
from collections.abc import Callable
from threading import Lock


class RateLimiter:
    """Keeps the calls of all threads at least `seconds` apart; `clock` returns seconds."""

    def __init__(
        self, seconds: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.clock = clock
        self._seconds, self._sleep = seconds, sleep
        self._next, self._lock = 0.0, Lock()

    def wait(self) -> None:
        """Wait until the next call is allowed."""
        with self._lock:
            now = self.clock()
            allowed = max(now, self._next)
            self._next = allowed + self._seconds
        self._sleep(allowed - now)

    def drain(self) -> None:
        """Wait until a new worker, which does not know of these calls, may call at once."""
        self._sleep(max(0.0, self._next - self.clock()))
