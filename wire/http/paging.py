"""Cursor paging: every list answers `{"items": […], "next_cursor": …|null}`.

A cursor holds the id to go on from and a signature over it, the owner, the route and the question asked: one made up,
borrowed from another owner, or carried over to another list is refused.
"""

import base64
import hmac
import json
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from wire.aws.client import client
from wire.http.api import ApiError, Request, Response, json_response, owner, query

DEFAULT_LIMIT = 25
MOST = 100
_SIGNATURE_BYTES = 16
_LONGEST = 1024
_FREE = {"cursor", "limit", "top_k"}
"""Parameters that may change from page to page: they choose no other items."""


def limit(request: Request, most: int = MOST, default: int = DEFAULT_LIMIT) -> int:
    """The query parameter `limit`; raises ApiError 400 `invalid_limit`."""
    given = query(request, "limit")
    if given is None:
        return default
    if not (given.isascii() and given.isdecimal() and len(given) < 10 and 1 <= int(given) <= most):
        raise ApiError(400, "invalid_limit", f"limit must be a whole number from 1 to {most}.")
    return int(given)


class Cursors:
    """Makes and reads cursors; the key is fetched when the first one is, for most lists end with their first page."""

    def __init__(self, key_arn: str, secrets: Callable[[], Any] = lambda: client("secretsmanager")) -> None:
        self._key_arn, self._secrets = key_arn, secrets

    def read(self, request: Request) -> str | None:
        """The id that the query parameter `cursor` stands for; raises ApiError 400 `invalid_cursor`."""
        given = query(request, "cursor")
        if given is None:
            return None
        signature, last = _opened(given)
        if not hmac.compare_digest(signature, self._signature(request, last)):
            raise _invalid()
        return last.decode()

    def page(self, request: Request, items: Sequence[object], last: str | None, **more: object) -> Response:
        """The answer, with what `more` there is to say; `last` is the id to go on from, None at the end."""
        return json_response(200, {"items": items, "next_cursor": self.after(request, last)} | more)

    def after(self, request: Request, last: str | None) -> str | None:
        """The cursor that goes on behind this id, with the same question; None at the end."""
        if last is None:
            return None
        written = last.encode()
        return base64.urlsafe_b64encode(self._signature(request, written) + written).rstrip(b"=").decode()

    def _signature(self, request: Request, last: bytes) -> bytes:
        asked = {name: said for name, said in (request.get("queryStringParameters") or {}).items() if name not in _FREE}
        bound = json.dumps([owner(request), request["routeKey"], request.get("pathParameters") or {}, asked],
                           sort_keys=True).encode()  # fmt: skip
        return hmac.digest(self._key, bound + b"\n" + last, "sha256")[:_SIGNATURE_BYTES]

    @cached_property
    def _key(self) -> bytes:
        return str(self._secrets().get_secret_value(SecretId=self._key_arn)["SecretString"]).encode()


def _opened(given: str) -> tuple[bytes, bytes]:
    """Signature and id."""
    try:
        raw = given.encode("ascii")
        held = base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except ValueError:
        held = b""
    if len(held) <= _SIGNATURE_BYTES or len(held) > _LONGEST or base64.urlsafe_b64encode(held).rstrip(b"=") != raw:
        raise _invalid()
    return held[:_SIGNATURE_BYTES], held[_SIGNATURE_BYTES:]


def _invalid() -> ApiError:
    detail = "cursor must be the next_cursor of an earlier answer to the same question of yours."
    return ApiError(400, "invalid_cursor", detail)
