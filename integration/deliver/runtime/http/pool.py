"""The pool of connections to subscribers, kept alive between deliveries."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from threading import Lock
from typing import NamedTuple

from integration.deliver.runtime.http.fast_parser import PlainResponse
from integration.deliveries.runtime.response import SubscriberResponse
from wire.outbound.connection import OutboundConnection, connection
from wire.outbound.framing import keeps_connection
from wire.outbound.policy import Policy
from wire.outbound.target import Target, TargetError, check_url

IDLE_SECONDS = 4.0
"""Less than the 5 s after which common servers close an idle connection.

Measured by the wall clock, because a frozen worker's monotonic clock may stand still.
"""
_MOST_IDLE = 64
_MOST_READ = 1024
_SECONDS_FOR_THE_BODY = 1.0

_target = lru_cache(1000)(check_url)


class _IdleConnection(NamedTuple):
    key: tuple[str, str, int, str]
    link: OutboundConnection
    since: float


class ConnectionPool:
    """Safe to use from many threads: a connection in use is not in the pool.

    `policy` decides which targets are allowed; an attempt takes at most `seconds`. A response is known by its place in
    the connection alone, so a connection serves one subscriber only, and is used again only if the last response has
    clearly ended and nothing has arrived since: late bytes would be taken for the response to the next request.
    """

    def __init__(self, policy: Policy, seconds: float, now: Callable[[], float] = time.time) -> None:
        self._policy, self._seconds, self._now = policy, seconds, now
        self._idle: list[_IdleConnection] = []
        self._lock = Lock()

    def post(self, url: str, body: bytes, headers: Mapping[str, str], subscriber: str = "") -> SubscriberResponse:
        """Post once, without following a redirect; raises TargetError, OSError or HTTPException without a response."""
        if link := self.send(url, body, headers, subscriber):
            return self.receive_or_repost(link, body, headers)
        link = connection(_target(url), self._policy, time.monotonic() + self._seconds, subscriber)
        return self.post_on_new(link, body, headers)

    def send(self, url: str, body: bytes, headers: Mapping[str, str], subscriber: str) -> OutboundConnection | None:
        """Send a request on an idle connection, and return the connection without waiting for the response.

        Return None if the subscriber has no idle connection to the target that can be used again.
        """
        try:
            target = _target(url)
            request = _request(target, body, headers)
        except (TargetError, ValueError):  # `post` raises these
            return None
        link = self._check_out(_key(target, subscriber))
        if not link:
            return None
        link.deadline = time.monotonic() + self._seconds
        try:
            link.send(request)
        except TargetError:
            link.close()
            return None
        return link

    def receive_or_repost(
        self, link: OutboundConnection, body: bytes, headers: Mapping[str, str]
    ) -> SubscriberResponse:
        """Wait for the response to `send`; post on a new connection if the server has closed the idle one."""
        try:
            return self.receive(link)
        except (TargetError, RemoteDisconnected) as error:
            if not _may_have_been_closed(error):
                raise
        return self.post_on_new(connection(link.target, self._policy, link.deadline, link.user), body, headers)

    def post_on_new(self, link: OutboundConnection, body: bytes, headers: Mapping[str, str]) -> SubscriberResponse:
        """Post on a new connection, which goes into the pool afterwards."""
        try:
            link.send(_request(link.target, body, headers))
        except BaseException:
            link.close()
            raise
        return self.receive(link)

    def receive(self, link: OutboundConnection) -> SubscriberResponse:
        """Wait for the response to the request that was sent on this connection."""
        reusable = False
        try:
            with link.response_class(link.sock, method="POST") as response:
                response.begin()
                link.deadline = min(link.deadline, time.monotonic() + _SECONDS_FOR_THE_BODY)
                body = _beginning(response)
                reusable = body is not None and response.isclosed() and keeps_connection(response)
        finally:
            if reusable:
                self._check_in(link)
            else:
                link.close()
        retry_after = response.getheader("retry-after") or ""
        return SubscriberResponse.from_headers(response.status, retry_after, self._now, body or b"")

    def accept(self, link: OutboundConnection, response: PlainResponse) -> SubscriberResponse:
        """Return the response that was read from this connection already."""
        if response.keep_alive and len(response.body) <= _MOST_READ:
            self._check_in(link)
        else:
            link.close()
        body = response.body[:_MOST_READ]
        return SubscriberResponse.from_headers(response.status, response.retry_after, self._now, body)

    def close(self) -> None:
        """Close all idle connections."""
        with self._lock:
            self._close(self._idle)

    def _check_out(self, key: tuple[str, str, int, str]) -> OutboundConnection | None:
        with self._lock:
            oldest = self._now() - IDLE_SECONDS
            if expired := [idle for idle in self._idle if idle.since < oldest]:
                self._close(expired)
            for idle in [idle for idle in self._idle if idle.key == key]:
                if idle.link.is_silent():
                    self._idle.remove(idle)
                    return idle.link
                self._close([idle])
        return None

    def _check_in(self, link: OutboundConnection) -> None:
        key = _key(link.target, link.user)
        with self._lock:
            self._idle.append(_IdleConnection(key, link, self._now()))
            if len(self._idle) > _MOST_IDLE:
                self._close(self._idle[:-_MOST_IDLE])

    def _close(self, unwanted: Sequence[_IdleConnection]) -> None:
        for idle in tuple(unwanted):
            self._idle.remove(idle)
            idle.link.close()


def _key(target: Target, subscriber: str) -> tuple[str, str, int, str]:
    return target.scheme, target.host, target.port, subscriber


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return head and body in one piece: http.client writes them one after the other, at twice the cost."""
    if not "".join(headers.values()).isprintable():
        raise ValueError("A header's value does not fit on its line.")
    fields = {"host": target.authority, "accept-encoding": "identity", "content-length": len(body), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {target.path} HTTP/1.1\r\n{lines}\r\n".encode("ascii") + body


def _beginning(response: HTTPResponse) -> bytes | None:
    """Return the first kilobyte of a body; None if the body breaks off or takes too long."""
    try:
        return response.read(_MOST_READ)
    except (TargetError, OSError, HTTPException):
        return None


def _may_have_been_closed(error: Exception) -> bool:
    """Return True if the server may have closed an idle connection, so that a new one is worth a try."""
    return isinstance(error, RemoteDisconnected) or (isinstance(error, TargetError) and error.code == "connect_failed")
