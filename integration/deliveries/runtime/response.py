"""What came of one attempt: the subscriber's answer, or why there was none."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Self

_GONE = 410
_ASK_FOR_TIME = (429, 503)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0 means there was none, for the reason `error`. `retry_after` is in seconds.

    `said` is how the answer's body begins: the owner may read it in the log, and nothing else is made of it.
    """

    status: int = 0
    error: str = ""
    retry_after: int = 0
    said: str = field(default="", compare=False)

    @classmethod
    def from_headers(
        cls, status: int, retry_after: str, now: Callable[[], float] = time.time, said: bytes = b""
    ) -> Self:
        """Read a status and its Retry-After (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after)."""
        seconds = _seconds(retry_after.strip(), now) if status in _ASK_FOR_TIME else 0
        return cls(status, retry_after=seconds, said=said.decode(errors="replace"))

    @property
    def taken(self) -> bool:
        """Whether the subscriber has it."""
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the subscriber wants no more of any."""
        return self.status == _GONE

    @property
    def dropped(self) -> bool:
        """Whether it was not even tried, because it is owed no longer."""
        return self in _DROPPED

    @property
    def finished(self) -> bool:
        """Whether there is to be no further attempt: taken, refused for good, or owed no longer."""
        return self.taken or self.gone or self.dropped


UNSUBSCRIBED = Answer(error="unsubscribed")
DISABLED = Answer(error="webhook_disabled")
ERASED = Answer(error="erased")
_DROPPED = (UNSUBSCRIBED, DISABLED, ERASED)

MALFORMED = Answer(error="malformed")
EXHAUSTED = Answer(error="exhausted")
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
