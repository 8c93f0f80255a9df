"""The retry policy: how many attempts a call gets, and the delay between them."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial

ATTEMPTS = 5
LONGEST_DELAY = 60.0
"""Seconds. A call that is asked to wait longer fails at once."""

_FIRST_BACKOFF = 0.5
_LONGEST_BACKOFF = 8.0

Clock = Callable[[], datetime]

_now: Clock = partial(datetime.now, UTC)


def retry_delay(failures: int, retry_after: str, clock: Clock = _now) -> float:
    """Return the seconds until the next attempt: those of `Retry-After`, else exponential backoff with ±25 % jitter."""
    requested = _seconds(retry_after, clock)
    if requested is not None:
        return requested
    backoff: float = min(_FIRST_BACKOFF * 2 ** (failures - 1), _LONGEST_BACKOFF)
    return backoff * random.uniform(0.75, 1.25)  # noqa: S311 (spreads callers out; guards nothing)


def _seconds(retry_after: str, clock: Clock) -> float | None:
    """Read seconds or an HTTP date (RFC 9110, 10.2.3)."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - clock()).total_seconds())
