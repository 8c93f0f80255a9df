"""Fetch a picture from a URL that a caller chose."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException, HTTPResponse

from wire.outbound.connection import OutboundConnection, connection
from wire.outbound.download import Download, FetchError, broken, encoded
from wire.outbound.framing import check_framing
from wire.outbound.policy import Policy
from wire.outbound.redirect import redirected
from wire.outbound.target import Target

LARGEST = 15 * 1024 * 1024
"""What Rekognition takes from S3."""

LOOP_MARK = "sightline"
"""Our name in CDN-Loop (RFC 8586): a server that redirects a fetch to our own API could keep it fetching for ever."""

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


@contextmanager
def fetch(target: Target, policy: Policy, *, largest: int = LARGEST, seconds: float = _SECONDS) -> Iterator[Download]:
    """The picture a URL leads to; raises FetchError, ImageTypeError or TargetError, also while its body is read."""
    deadline = time.monotonic() + seconds
    for _ in range(_MOST_REDIRECTS + 1):
        with _answer(target, policy, deadline) as response:
            location = response.headers.get("Location")
            if response.status not in _REDIRECTS or location is None:
                yield _download(response, largest)
                return
            target = redirected(target, location)
    raise FetchError("too_many_redirects", f"The server redirects more than {_MOST_REDIRECTS} times.")


@contextmanager
def _answer(target: Target, policy: Policy, deadline: float) -> Iterator[HTTPResponse]:
    with closing(connection(target, policy, deadline)) as link, _asked(link, target) as response:
        yield response


def _asked(link: OutboundConnection, target: Target) -> HTTPResponse:
    try:
        link.request("GET", target.path, headers=_HEADERS)
        response = link.getresponse()
        check_framing(response)
        return response
    except HTTPException as error:
        raise broken(error) from error


def _download(response: HTTPResponse, largest: int) -> Download:
    _check_status(response.status)
    if any(coding.strip().lower() not in ("", "identity") for coding in _codings(response)):
        raise encoded()
    try:
        return Download.of(response, largest)
    except HTTPException as error:
        raise broken(error) from error


def _check_status(status: int) -> None:
    if status != 200:
        again = status == 429 or 500 <= status < 600
        raise FetchError("upstream_status", f"The server answered {status}.", retryable=again)


def _codings(response: HTTPResponse) -> list[str]:
    return ",".join(response.headers.get_all("Content-Encoding", [])).split(",")
