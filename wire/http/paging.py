"""Cursor paging: every list returns `{"items": […], "next_cursor": …|null}`.

A cursor holds the id after which the next page starts, and a signature over that id, the owner, the route and the
query. An invented cursor, the cursor of another owner, and the cursor of another list are refused.

The key is the name of the list's table, which AWS makes up and no caller sees. It is no secret: a forged cursor would
only choose where the forger's own list begins. A list is read under the owner of the request's token.
"""

import base64
import hmac
import json
from collections.abc import Sequence

from wire.http.api import ApiError, Request, Response, json_response, owner, query

DEFAULT_LIMIT = 25
MOST = 100
_SIGNATURE_BYTES = 16
_LONGEST = 1024
_FREE = {"cursor", "limit", "top_k"}
"""Parameters that may change between pages, as they do not change which items are listed."""


def limit(request: Request, most: int = MOST, default: int = DEFAULT_LIMIT) -> int:
    """Return the query parameter `limit`; raises ApiError 400 `invalid_limit`."""
    given = query(request, "limit")
    if given is None:
        return default
    if not (given.isascii() and given.isdecimal() and len(given) < 10 and 1 <= int(given) <= most):
        raise ApiError(400, "invalid_limit", f"limit must be a whole number from 1 to {most}.")
    return int(given)


class Cursors:
    """Makes and reads the cursors of lists that are read from this table."""

    def __init__(self, table: str) -> None:
        self._key = table.encode()

    def read(self, request: Request) -> str | None:
        """Return the id in the query parameter `cursor`, or None; raises ApiError 400 `invalid_cursor`."""
        given = query(request, "cursor")
        if given is None:
            return None
        signature, last = _decoded(given)
        if not hmac.compare_digest(signature, self._signature(request, last)):
            raise _invalid()
        return last.decode()

    def page(self, request: Request, items: Sequence[object], last: str | None, **more: object) -> Response:
        """Return a page of a list, with the fields in `more`; `last` is the id of its last item, None at the end."""
        return json_response(200, {"items": items, "next_cursor": self.after(request, last)} | more)

    def after(self, request: Request, last: str | None) -> str | None:
        """Return the cursor of the page that follows this id, for the same query; None at the end."""
        if last is None:
            return None
        encoded = last.encode()
        return base64.urlsafe_b64encode(self._signature(request, encoded) + encoded).rstrip(b"=").decode()

    def _signature(self, request: Request, last: bytes) -> bytes:
        parameters = (request.get("queryStringParameters") or {}).items()
        filters = {name: value for name, value in parameters if name not in _FREE}
        scope = [owner(request), request["routeKey"], request.get("pathParameters") or {}, filters]
        signed = json.dumps(scope, sort_keys=True).encode() + b"\n" + last
        return hmac.digest(self._key, signed, "sha256")[:_SIGNATURE_BYTES]


def _decoded(given: str) -> tuple[bytes, bytes]:
    """Return the signature and the id in a cursor; raises ApiError 400 `invalid_cursor`."""
    try:
        raw = given.encode("ascii")
        content = base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except ValueError:
        content = b""
    if not _SIGNATURE_BYTES < len(content) <= _LONGEST or base64.urlsafe_b64encode(content).rstrip(b"=") != raw:
        raise _invalid()
    return content[:_SIGNATURE_BYTES], content[_SIGNATURE_BYTES:]


def _invalid() -> ApiError:
    detail = "cursor must be the next_cursor of an earlier response to the same query of the same owner."
    return ApiError(400, "invalid_cursor", detail)
