"""How a subscriber has been doing: what keeps deliveries from hammering one that does not answer."""

from dataclasses import dataclass

HOPELESS_SECONDS = 5 * 86_400
"""A subscription that has failed for so long is disabled."""
FORGET_SECONDS = 86_400
"""Nothing pauses that long between two attempts: failures further apart are no row of failures."""
FAILURES = 5
"""So many in a row, and a subscriber is left alone for a while."""
SHORTEST_REST, LONGEST_REST = 30, 600
LONGEST_ASKED = 3600
"""The most that one answer's Retry-After keeps from a subscriber's other deliveries."""


@dataclass(frozen=True, slots=True)
class Health:
    """The failures in a row, if any: since when, how many, when the last; and until when it asked for rest.

    Times are whole seconds since 1970, 0 where there is none.
    """

    failing_since: int = 0
    failures: int = 0
    failed_at: int = 0
    rest_until: int = 0

    @property
    def resting(self) -> bool:
        """Whether it is to be left alone but for one attempt after each rest."""
        return self.failures >= FAILURES

    @property
    def resumes_at(self) -> int:
        """When it may be asked again: after a rest that grows with how long it has been failing."""
        if not self.resting:
            return self.rest_until
        rest = min(max(SHORTEST_REST, (self.failed_at - self.failing_since) // 4), LONGEST_REST)
        return max(self.rest_until, self.failed_at + rest)

    def began(self, now: int) -> int:
        """Since when it is failing, should it fail now."""
        return self.failing_since if now - self.failed_at < FORGET_SECONDS else now

    def hopeless(self, now: int) -> bool:
        """Whether it has failed for so long that nobody expects an answer."""
        return bool(self.failures) and now - self.failing_since >= HOPELESS_SECONDS
