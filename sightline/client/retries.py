"""How often a call is tried, and how long to wait in between."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

ATTEMPTS = 5
LONGEST_PAUSE = 60.0
"""Who asks us to stay away for longer is not waited for."""

_FIRST_PAUSE = 0.5
_LARGEST_STEP = 8.0


def pause(failures: int, retry_after: str) -> float:
    """Seconds until the next try: what `Retry-After` says, else twice as long each time, give or take by chance."""
    asked = _seconds(retry_after)
    if asked is not None:
        return asked
    step: float = min(_FIRST_PAUSE * 2 ** (failures - 1), _LARGEST_STEP)
    return step * random.uniform(0.75, 1.25)  # noqa: S311 (spreads callers out; guards nothing)


def _seconds(said: str) -> float | None:
    """Seconds or an HTTP date (RFC 9110, 10.2.3)."""
    if said.isdecimal():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
