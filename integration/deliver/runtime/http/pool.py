"""Connections to subscribers, kept alive between deliveries."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from threading import Lock
from typing import Any

from integration.deliver.runtime.http.fast_parser import WholeAnswer
from integration.deliveries.runtime.response import Answer
from wire.outbound.connection import OutboundConnection, connection
from wire.outbound.policy import Policy
from wire.outbound.target import Target, TargetError, check_url

IDLE_SECONDS = 4.0
"""Below the 5 s after which common servers hang up; by the wall clock, since a frozen worker's own may stand still."""
_MOST_KEPT = 64
_MOST_READ = 1024
_SECONDS_FOR_THE_REST = 1.0

_target = lru_cache(1000)(check_url)


@dataclass(frozen=True, slots=True)
class _Kept:
    link: OutboundConnection
    since: float

    def leads_to(self, target: Target) -> bool:
        known = self.link.target
        return (known.scheme, known.host, known.port) == (target.scheme, target.host, target.port)


@dataclass(slots=True)
class Sent:
    """A request that was sent on a kept connection; `whole` is its answer once that has come."""

    connections: "Connections"
    link: OutboundConnection
    target: Target
    body: bytes
    headers: Mapping[str, str]
    whole: WholeAnswer | None = None

    def fileno(self) -> int:
        """What tells whether something has come."""
        return int(self.link.sock.fileno())

    def answered(self) -> bool:
        """Whether the whole answer has come: then `answer` waits for nothing."""
        watched: Any = self.link.sock
        self.whole = WholeAnswer.read(watched.read_ahead())
        if self.whole:
            watched.ahead = b""
        return self.whole is not None

    def answer(self) -> Answer:
        """As of `post`."""
        if self.whole:
            return self.connections.take(self.link, self.whole)
        try:
            return self.connections.receive(self.link)
        except (TargetError, RemoteDisconnected) as error:
            if not _hung_up(error):
                raise
        return self.connections.post_anew(self.target, self.body, self.headers, self.link.deadline)


class Connections:
    """Safe to use from many threads: whoever uses a connection has taken it out."""

    def __init__(self, policy: Policy, seconds: float, now: Callable[[], float] = time.time) -> None:
        self._policy, self._seconds, self._now = policy, seconds, now
        self._kept: list[_Kept] = []
        self._lock = Lock()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One attempt, no redirect followed; raises TargetError, OSError or HTTPException without an answer."""
        if sent := self.send(url, body, headers):
            return sent.answer()
        return self.post_anew(_target(url), body, headers, time.monotonic() + self._seconds)

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Sent | None:
        """The same, but not waited for; None where no connection is kept, or it has been closed meanwhile."""
        try:
            target = _target(url)
            request = _request(target, body, headers)
        except (TargetError, ValueError):  # which `post` raises
            return None
        link = self._take(target)
        if not link:
            return None
        link.deadline = time.monotonic() + self._seconds
        try:
            link.send(request)
        except TargetError:
            link.close()
            return None
        return Sent(self, link, target, body, headers)

    def post_anew(self, target: Target, body: bytes, headers: Mapping[str, str], deadline: float) -> Answer:
        """On a connection of its own, kept afterwards."""
        link = connection(target, self._policy, deadline)
        try:
            link.send(_request(target, body, headers))
        except BaseException:
            link.close()
            raise
        return self.receive(link)

    def receive(self, link: OutboundConnection) -> Answer:
        """Wait for the answer to what was sent."""
        reusable = False
        try:
            with link.response_class(link.sock, method="POST") as response:
                response.begin()
                link.deadline = min(link.deadline, time.monotonic() + _SECONDS_FOR_THE_REST)
                said = _beginning(response)
                reusable = said is not None and response.isclosed() and not response.will_close
        finally:
            if reusable:
                self._keep(link)
            else:
                link.close()
        return Answer.from_headers(response.status, response.getheader("retry-after") or "", self._now, said or b"")

    def take(self, link: OutboundConnection, whole: WholeAnswer) -> Answer:
        """An answer that need not be waited for."""
        if whole.lasts and len(whole.body) <= _MOST_READ:
            self._keep(link)
        else:
            link.close()
        return Answer.from_headers(whole.status, whole.retry_after, self._now, whole.body[:_MOST_READ])

    def _take(self, target: Target) -> OutboundConnection | None:
        with self._lock:
            oldest = self._now() - IDLE_SECONDS
            self._close([each for each in self._kept if each.since < oldest])
            for each in self._kept:
                if each.leads_to(target):
                    self._kept.remove(each)
                    return each.link
        return None

    def _keep(self, link: OutboundConnection) -> None:
        with self._lock:
            self._kept.append(_Kept(link, self._now()))
            self._close(self._kept[:-_MOST_KEPT])

    def _close(self, unwanted: list[_Kept]) -> None:
        for each in unwanted:
            self._kept.remove(each)
            each.link.close()


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Head and body in one piece: http.client writes them one after the other, at twice the cost."""
    if not "".join(headers.values()).isprintable():
        raise ValueError("A header's value does not fit on its line.")
    given = {"host": target.authority, "accept-encoding": "identity", "content-length": len(body), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"POST {target.path} HTTP/1.1\r\n{lines}\r\n".encode("ascii") + body


def _beginning(response: HTTPResponse) -> bytes | None:
    """As much of a body as anybody wants to know; None where it breaks off or takes too long."""
    try:
        return response.read(_MOST_READ)
    except (TargetError, OSError, HTTPException):
        return None


def _hung_up(error: Exception) -> bool:
    """Whether the server may have closed an idle connection: then a new one is worth a try within the same attempt."""
    return isinstance(error, RemoteDisconnected) or (isinstance(error, TargetError) and error.code == "connect_failed")
