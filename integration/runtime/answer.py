"""What came of one attempt: the subscriber's answer, or why there was none."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Self

_GONE = 410
_ASK_FOR_TIME = (429, 503)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0 means there was none, for the reason `error`. `retry_after` is in seconds."""

    status: int = 0
    error: str = ""
    retry_after: int = 0

    @classmethod
    def from_headers(cls, status: int, retry_after: str, now: Callable[[], float] = time.time) -> Self:
        """Read a status and its Retry-After (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after)."""
        return cls(status, retry_after=_seconds(retry_after.strip(), now) if status in _ASK_FOR_TIME else 0)

    @property
    def finished(self) -> bool:
        """Whether there is to be no further attempt: taken, refused for good, or wanted no longer."""
        return 200 <= self.status < 300 or self.status == _GONE or self == UNSUBSCRIBED


UNSUBSCRIBED = Answer(error="unsubscribed")
MALFORMED = Answer(error="malformed")
HUNG = Answer(error="timeout")
BROKEN = Answer(error="internal_error")


def _seconds(given: str, now: Callable[[], float]) -> int:
    if given.isdecimal() and given.isascii():
        return int(given[:9])
    try:
        at = parsedate_to_datetime(given)
    except ValueError:
        return 0
    return max(0, int(at.replace(tzinfo=at.tzinfo or UTC).timestamp() - now()))
