"""An Attempt: the result of one HTTP try at a Delivery."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.clock import rfc3339
from integration.deliveries.runtime.response import Answer


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of the attempt of this `number`, `at` seconds since 1970, after `ms` milliseconds."""

    number: int
    at: float
    ms: int
    answer: Answer

    def to_dict(self) -> dict[str, Any]:
        """The JSON form callers see, but for what the subscriber said."""
        return {
            "attempt": self.number,
            "at": rfc3339(datetime.fromtimestamp(self.at, UTC)),
            "ms": self.ms,
            "status": self.answer.status or None,
            "error": self.answer.error or None,
        }
