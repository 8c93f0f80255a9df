"""Fetch a picture from a URL that a caller chose."""

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException, HTTPResponse

from wire.content_coding import is_compressed
from wire.outbound.connection import OutboundConnection, connection
from wire.outbound.download import Download, FetchError, compressed, unreadable
from wire.outbound.framing import check_framing
from wire.outbound.policy import Policy
from wire.outbound.redirect import redirected
from wire.outbound.target import Target

LARGEST = 15 * 1024 * 1024
"""Bytes: the limit of Rekognition for an image in S3."""

LOOP_MARK = "sightline"
"""The name of this API in CDN-Loop (RFC 8586): without it, a redirect back to this API would start an endless loop."""

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_SECONDS = 20
_HEADERS = {
    "Accept": "image/*",
    "Accept-Encoding": "identity",
    "CDN-Loop": LOOP_MARK,
    "Connection": "close",
    "User-Agent": "Sightline",
}


def is_own_fetch(cdn_loop: str) -> bool:
    """Return True if the header CDN-Loop of a request names this API, in any case, among others (RFC 8586, 2)."""
    names = re.sub(r'"(\\.|[^"\\])*"', "", cdn_loop).split(",")
    return any(name.partition(";")[0].strip().lower() == LOOP_MARK for name in names)


@contextmanager
def fetch(target: Target, policy: Policy, *, largest: int = LARGEST, seconds: float = _SECONDS) -> Iterator[Download]:
    """Yield the picture at a URL; raises FetchError, ImageTypeError or TargetError, also while its body is read."""
    deadline = time.monotonic() + seconds
    for _ in range(_MOST_REDIRECTS + 1):
        with _response(target, policy, deadline) as response:
            location = response.headers.get("Location")
            if response.status not in _REDIRECTS or location is None:
                yield _download(response, largest)
                return
            target = redirected(target, location)
    raise FetchError("too_many_redirects", f"The server redirects more than {_MOST_REDIRECTS} times.")


@contextmanager
def _response(target: Target, policy: Policy, deadline: float) -> Iterator[HTTPResponse]:
    with closing(connection(target, policy, deadline)) as link, _request(link, target) as response:
        yield response


def _request(link: OutboundConnection, target: Target) -> HTTPResponse:
    try:
        link.request("GET", target.path, headers=_HEADERS)
        response = link.getresponse()
        check_framing(response)
        return response
    except HTTPException as error:
        raise unreadable(error) from error


def _download(response: HTTPResponse, largest: int) -> Download:
    _check_status(response.status)
    if any(map(is_compressed, response.headers.get_all("Content-Encoding", []))):
        raise compressed()
    try:
        return Download.of(response, largest)
    except HTTPException as error:
        raise unreadable(error) from error


def _check_status(status: int) -> None:
    if status != 200:
        retryable = status == 429 or 500 <= status < 600
        raise FetchError("upstream_status", f"The server responded with status {status}.", retryable=retryable)
