"""Connections to subscribers, kept alive between deliveries."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from threading import Lock

from integration.runtime.answer import Answer
from wire.outbound import OutboundConnection, Policy, Target, TargetError, check_url, connection

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


class Connections:
    """Safe to use from many threads: whoever uses a connection has taken it out."""

    def __init__(self, policy: Policy, seconds: float, now: Callable[[], float] = time.time) -> None:
        self._policy, self._seconds, self._now = policy, seconds, now
        self._kept: list[_Kept] = []
        self._lock = Lock()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One attempt, no redirect followed; raises TargetError, OSError or HTTPException without an answer."""
        target, deadline = _target(url), time.monotonic() + self._seconds
        if link := self._take(target):
            link.deadline = deadline
            try:
                return self._exchange(link, target, body, headers)
            except (TargetError, RemoteDisconnected) as error:
                if not _hung_up(error):
                    raise
        return self._exchange(connection(target, self._policy, deadline), target, body, headers)

    def _exchange(self, link: OutboundConnection, target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
        reusable = False
        try:
            link.send(_request(target, body, headers))
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
