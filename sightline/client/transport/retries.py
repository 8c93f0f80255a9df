"""The retry policy: how many attempts a call gets, and the delay between them."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial

import requests

from sightline.client.problem import Problem
from sightline.client.transport.failures import failure, refusal

ATTEMPTS = 5
LONGEST_DELAY = 60.0
"""Seconds. A call that is asked to wait longer fails at once."""

_FIRST_BACKOFF = 0.5
_LONGEST_BACKOFF = 8.0

Clock = Callable[[], datetime]
Send = Callable[[], requests.Response]

_now: Clock = partial(datetime.now, UTC)


class Interrupted(Exception):  # noqa: N818 (no error: the user's own request)
    """The user has interrupted the client."""


def send_with_retries(send: Send, url: str, interrupted: threading.Event) -> requests.Response:
    """Return the response of 2xx or 3xx, after as many attempts as may help; raises Problem or Interrupted."""
    failures = 0
    while True:
        try:
            return _send_once(send, url)
        except Problem as problem:
            failures += 1
            seconds = retry_delay(failures, problem.retry_after)
            if not problem.retryable or failures == ATTEMPTS or seconds > LONGEST_DELAY:
                raise
        if interrupted.wait(seconds):
            raise Interrupted


def retry_delay(failures: int, retry_after: str, clock: Clock = _now) -> float:
    """Return the seconds until the next attempt: those of `Retry-After`, else exponential backoff with ±25 % jitter."""
    requested = _seconds(retry_after, clock)
    if requested is not None:
        return requested
    backoff: float = min(_FIRST_BACKOFF * 2 ** (failures - 1), _LONGEST_BACKOFF)
    return backoff * random.uniform(0.75, 1.25)  # noqa: S311 (spreads callers out; guards nothing)


def _send_once(send: Send, url: str) -> requests.Response:
    try:
        response = send()
    except requests.RequestException as error:
        raise failure(error, url) from error
    if not 200 <= response.status_code < 400:
        raise refusal(response)
    return response


def _seconds(retry_after: str, clock: Clock) -> float | None:
    """Read seconds or an HTTP date (RFC 9110, 10.2.3); None where it is neither."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - clock()).total_seconds())
    except (ValueError, OverflowError):
        return None
