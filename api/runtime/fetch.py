"""Fetch a picture from a URL that a caller chose, to be read once and never held whole."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib.parse import urljoin

from wire.image_type import HEAD, image_type
from wire.outbound import OutboundConnection, Policy, Target, TargetError, check_url, connection

LARGEST = 15 * 1024 * 1024
"""What Rekognition takes from S3."""

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_SECONDS = 20
_CHUNK = 1024 * 1024
_HEADERS = {"Accept": "image/*", "Accept-Encoding": "identity", "Connection": "close", "User-Agent": "Sightline"}


class FetchError(Exception):
    """What came back cannot be taken: a stable `code`, a `detail` for the caller, whether another try may help.

    Codes: `too_many_redirects`, `upstream_status`, `connect_failed`, `too_large`, `empty`.
    """

    def __init__(self, code: str, detail: str, *, retryable: bool = False) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retryable = code, detail, retryable


class Body:
    """The picture's bytes, once, from first to last: a short or dripping answer raises instead of ending early.

    What `read` raised stays in `failure`, because botocore wraps it.
    """

    def __init__(self, head: bytes, response: HTTPResponse) -> None:
        self._head, self._response = head, response
        self.failure: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """The next bytes, up to 1 MiB whatever `size` says, or all that are left; b"" once the answer is complete.

        http.client asks for 16 KB at a time and sends what it gets; larger pieces save a fifth of the processor time.
        """
        head, self._head = self._head, b""
        if head:
            return head if size > 0 else head + self.read()
        try:
            return _complete(self._response.read(_CHUNK if size > 0 else None), self._response)
        except (FetchError, HTTPException, TargetError) as error:
            self.failure = _interrupted() if isinstance(error, HTTPException) else error
            raise self.failure from error


@dataclass(frozen=True, slots=True)
class Download:
    """A picture on its way: its type by its first bytes, its declared length if any, the most it may hold."""

    content_type: str
    length: int | None
    largest: int
    body: Body


@contextmanager
def fetch(target: Target, policy: Policy, *, largest: int = LARGEST, seconds: float = _SECONDS) -> Iterator[Download]:
    """The picture a URL leads to; raises FetchError, ImageTypeError or TargetError, also while its body is read."""
    deadline = time.monotonic() + seconds
    for _ in range(_MOST_REDIRECTS + 1):
        with _answer(target, policy, deadline) as response:
            if response.status not in _REDIRECTS:
                yield _download(response, largest)
                return
            target = _next(target, response)
    raise FetchError("too_many_redirects", f"The server redirects more than {_MOST_REDIRECTS} times.")


@contextmanager
def _answer(target: Target, policy: Policy, deadline: float) -> Iterator[HTTPResponse]:
    with closing(connection(target, policy, deadline)) as link, _asked(link, target) as response:
        yield response


def _asked(link: OutboundConnection, target: Target) -> HTTPResponse:
    try:
        link.request("GET", target.path, headers=_HEADERS)
        return link.getresponse()
    except HTTPException as error:
        raise _interrupted() from error


def _download(response: HTTPResponse, largest: int) -> Download:
    status, length = response.status, response.length
    if status != 200:
        raise FetchError(
            "upstream_status", f"The server answered {status}.", retryable=status == 429 or 500 <= status < 600
        )
    if length is not None and length > largest:
        raise too_large(largest)
    head = _head(response)
    if not head:
        raise FetchError("empty", "The server answered with no bytes at all.")
    return Download(image_type(head), length, largest, Body(head, response))


def _head(response: HTTPResponse) -> bytes:
    try:
        return _complete(response.read(HEAD), response)
    except HTTPException as error:
        raise _interrupted() from error


def _next(target: Target, response: HTTPResponse) -> Target:
    location = response.headers.get("Location", "").encode("latin-1").decode("utf-8", "replace").replace(" ", "%20")
    following = check_url(urljoin(target.url, location))
    if target.scheme == "https" and following.scheme == "http":
        raise TargetError("url_blocked", "The server redirects from https to http.")
    return following


def too_large(largest: int) -> FetchError:
    """The refusal of a picture beyond `largest` bytes."""
    return FetchError("too_large", f"The picture is larger than {largest / 1024 / 1024:g} MB.")


def _complete(chunk: bytes, response: HTTPResponse) -> bytes:
    if not chunk and response.length:
        raise _interrupted()
    return chunk


def _interrupted() -> FetchError:
    return FetchError(
        "connect_failed", "The server ended the connection before its answer was complete.", retryable=True
    )
