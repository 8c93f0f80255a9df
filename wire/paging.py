"""Cursor paging: every list answers `{"items": […], "next_cursor": …|null}`.

A cursor holds the last item's id and nothing of the owner, who is always the caller: one made up or borrowed pages
through nothing but the caller's own.
"""

import base64
from collections.abc import Sequence

from domain.ids import is_id
from wire.http_api import ApiError, Reply, Request, query, reply

DEFAULT_LIMIT = 25
MOST = 100


def limit(request: Request) -> int:
    """The query parameter `limit`; raises ApiError 400 `invalid_limit`."""
    given = query(request, "limit") or str(DEFAULT_LIMIT)
    if not given.isdecimal() or not 1 <= int(given) <= MOST:
        raise ApiError(400, "invalid_limit", f"limit must be a whole number from 1 to {MOST}.")
    return int(given)


def cursor(request: Request, prefix: str) -> str | None:
    """The id with this prefix that the query parameter `cursor` stands for; raises ApiError 400 `invalid_cursor`."""
    given = query(request, "cursor")
    if not given:
        return None
    try:
        last = base64.b64decode(given, altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        last = ""
    if not is_id(prefix, last):
        raise ApiError(400, "invalid_cursor", "cursor must be a next_cursor of an earlier answer.")
    return last


def page(items: Sequence[object], last: str | None, **more: object) -> Reply:
    """The answer, with what `more` there is to say; `last` is the id to go on from, None at the end."""
    cursor = base64.urlsafe_b64encode(last.encode()).decode() if last else None
    return reply(200, {"items": items, "next_cursor": cursor} | more)
