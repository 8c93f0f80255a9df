"""A socket under a deadline: `settimeout` bounds one wait, and a peer that drips makes thousands of them."""

import io
import math
import socket
from collections.abc import Callable
from typing import Any

from wire.outbound.target import TargetError

_SLACK = 0.05
"""Seconds by which a wait may outlast the deadline: to set the timeout anew is a system call beside every read.

Rounded up to so many, it is the same for a connection's next request.
"""

_AHEAD = 8192


class DeadlineSocket:
    """What http.client needs of a socket; no wait is longer than what the deadline leaves, give or take a moment."""

    def __init__(self, channel: socket.socket, remaining: Callable[[], float]) -> None:
        self._channel, self._remaining, self._timeout = channel, remaining, 0.0
        self.ahead = b""

    def fileno(self) -> int:
        """What tells whether something has come."""
        return self._channel.fileno()

    def read_ahead(self) -> bytes:
        """What has come, without waiting for more: readers made from here on begin with it."""
        self._channel.settimeout(0)
        self._timeout = 0.0
        try:
            self.ahead = self._channel.recv(_AHEAD)
        except OSError:  # nothing yet, or what a reader will meet too
            self.ahead = b""
        return self.ahead

    def sendall(self, data: Any) -> None:
        """Send all of it."""
        rest = memoryview(data)
        while rest:
            rest = rest[self.timed(self._channel.send, rest) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        """A reader under the same watch; it outlives `close`, as with any socket."""
        return io.BufferedReader(_DeadlineReader(self._channel.makefile(mode, buffering=0), self))  # type: ignore[call-overload]

    def timed(self, operation: Callable[[Any], Any], argument: Any) -> Any:
        """One operation that may wait for as long as is left; raises TargetError."""
        left = self._remaining()
        try:
            if not left <= self._timeout <= left + _SLACK:
                self._timeout = math.ceil(left / _SLACK) * _SLACK
                self._channel.settimeout(self._timeout)
            return operation(argument)
        except OSError as error:
            raise refusal(error) from error

    def close(self) -> None:
        """Close it once its readers are closed."""
        self._channel.close()


class _DeadlineReader(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, watched: DeadlineSocket) -> None:
        self._raw, self._watched = raw, watched

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        if ahead := self._watched.ahead:
            size = min(len(buffer), len(ahead))
            buffer[:size], self._watched.ahead = ahead[:size], ahead[size:]
            return size
        return self._watched.timed(self._raw.readinto, buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def refusal(error: Exception) -> TargetError:
    """What a caller may know of a connection that failed."""
    if isinstance(error, TargetError):
        return error
    if isinstance(error, TimeoutError):
        return TargetError("timeout", "The server took too long to answer.")
    if hasattr(error, "verify_code"):
        return TargetError("connect_failed", "The server's certificate is not valid for this host.")
    return TargetError("connect_failed", "The server cannot be reached, or ended the connection.")
