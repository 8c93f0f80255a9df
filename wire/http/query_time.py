"""Times and days in query parameters."""

import re
from datetime import UTC, date, datetime

from wire.http.api import ApiError, Request, query

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(_DAY.pattern + r"T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def query_time(request: Request, name: str) -> datetime | None:
    """Return a query parameter that is an RFC 3339 time, or a day, which means its start in UTC; None without it.

    Raises ApiError 400 `invalid_time`. A plus that the caller has not encoded arrives as a space.
    """
    given = query(request, name)
    if given is None:
        return None
    text = given.upper().replace(" ", "+")
    try:
        if _DAY.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (OverflowError, ValueError):
        pass
    raise ApiError(400, "invalid_time", f"{name} must be like 2026-11-21 or 2026-11-21T14:30:00Z.")


def query_day(request: Request, name: str) -> date | None:
    """Return a query parameter that is a day, or None; raises ApiError 400 `invalid_time`."""
    given = query(request, name)
    if given is None:
        return None
    try:
        if _DAY.fullmatch(given):
            return date.fromisoformat(given)
    except ValueError:
        pass
    raise ApiError(400, "invalid_time", f"{name} must be a day, like 2026-11-21.")
