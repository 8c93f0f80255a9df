"""The circuit breaker of a subscriber: after several failures in a row, deliveries pause, and one attempt probes it."""

from typing import NamedTuple

DISABLE_AFTER_SECONDS = 5 * 86_400
"""A subscription that has failed for this long is disabled."""
STREAK_GAP_SECONDS = 86_400
"""No pause between two attempts is this long: failures further apart belong to different streaks."""
FAILURES = 5
"""This many failures in a row open the circuit."""
SHORTEST_REST, LONGEST_REST = 30, 600
"""The bounds of the rest of an open circuit, in seconds."""
LONGEST_RETRY_AFTER = 3600
"""The most seconds for which the Retry-After of one response holds back a subscriber's other deliveries."""


class CircuitBreaker(NamedTuple):
    """The current streak of failures: its start, its length, its last failure, and the end of a requested rest.

    Times are whole seconds since 1970, 0 if there is none.
    """

    failing_since: int = 0
    failures: int = 0
    failed_at: int = 0
    rest_until: int = 0

    @property
    def open(self) -> bool:
        """True if only one attempt, a probe, is made after each rest."""
        return self.failures >= FAILURES

    @property
    def resumes_at(self) -> int:
        """The time of the next permitted attempt. The rest of an open circuit grows with the age of the streak."""
        if not self.open:
            return self.rest_until
        rest = min(max(SHORTEST_REST, (self.failed_at - self.failing_since) // 4), LONGEST_REST)
        return max(self.rest_until, self.failed_at + rest)

    def streak_start(self, now: int) -> int:
        """Return the start of the streak to which a failure at `now` belongs."""
        return self.failing_since if now - self.failed_at < STREAK_GAP_SECONDS else now

    def failed_too_long(self, now: int) -> bool:
        """Return True if the streak is so old that the subscription should be disabled."""
        return bool(self.failures) and now - self.failing_since >= DISABLE_AFTER_SECONDS
