"""A subscriber's response to one attempt, or the reason why there was none."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Self

_GONE = 410
_WITH_RETRY_AFTER = (429, 503)


@dataclass(frozen=True, slots=True)
class SubscriberResponse:
    """A status, or 0 and the `error` that prevented a response. `retry_after` is in seconds.

    `body` is the beginning of the response's body: the owner may read it in the log, nothing else depends on it.
    """

    status: int = 0
    error: str = ""
    retry_after: int = 0
    body: str = field(default="", compare=False)

    @classmethod
    def from_headers(
        cls, status: int, retry_after: str, now: Callable[[], float] = time.time, body: bytes = b""
    ) -> Self:
        """Read a status and its Retry-After (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after).

        What is neither a number nor a date is ignored.
        """
        seconds = _seconds(retry_after.strip(), now) if status in _WITH_RETRY_AFTER else 0
        return cls(status, retry_after=seconds, body=body.decode(errors="replace"))

    @property
    def accepted(self) -> bool:
        """True if the subscriber has taken the delivery."""
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """True if the subscriber wants no further delivery of any kind."""
        return self.status == _GONE


HUNG = SubscriberResponse(error="timeout")
BROKEN = SubscriberResponse(error="internal_error")
"""The attempt failed by a fault of this program, which says nothing about the subscriber."""


def _seconds(given: str, now: Callable[[], float]) -> int:
    if given.isdecimal() and given.isascii():
        return int(given[:9])
    try:
        at = parsedate_to_datetime(given)
        return max(0, int(at.replace(tzinfo=at.tzinfo or UTC).timestamp() - now()))
    except (ArithmeticError, LookupError, TypeError, ValueError):  # whichever the parser raises for what is no date
        return 0
