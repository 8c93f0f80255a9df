"""A socket with a deadline: `settimeout` bounds a single wait, and a slow peer can cause thousands of them."""

import io
import math
import select
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from wire.outbound.target import TargetError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

T = TypeVar("T")
R = TypeVar("R")

_SLACK = 0.05
"""Seconds by which a wait may exceed the deadline. Setting the timeout again would be a system call for every read.

A timeout is rounded up to a multiple of this, so that it is often the same for the next request of a connection.
"""

_AHEAD = 8192
"""The most bytes to read ahead."""


class DeadlineSocket:
    """A socket as far as http.client uses one; no wait exceeds the remaining time by more than 0.05 seconds."""

    def __init__(self, channel: socket.socket, remaining: Callable[[], float]) -> None:
        self._channel, self._remaining, self._timeout = channel, remaining, 0.0
        self.ahead = b""

    def fileno(self) -> int:
        """Return the file descriptor, which polling needs."""
        return self._channel.fileno()

    def read_ahead(self) -> bytes:
        """Return the bytes that have arrived, without waiting; readers made after this call start with them."""
        self._channel.settimeout(0)
        self._timeout = 0.0
        try:
            self.ahead = self._channel.recv(_AHEAD)
        except OSError:  # nothing has arrived, or an error that a reader will raise again
            self.ahead = b""
        return self.ahead

    def is_silent(self) -> bool:
        """Return True if the peer has sent nothing that is unread, and has not closed; does not wait.

        TLS sends records without data, such as session tickets: only reading shows whether a byte is among them.
        """
        pending: Callable[[], int] | None = getattr(self._channel, "pending", None)
        if self.ahead or (pending and pending()):
            return False
        arrived = select.poll()
        arrived.register(self.fileno(), select.POLLIN)
        return not arrived.poll(0) or (pending is not None and self._has_no_data())

    def sendall(self, data: bytes) -> None:
        """Send all bytes; raises TargetError."""
        rest = memoryview(data)
        while rest:
            rest = rest[self.timed(self._channel.send, rest) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return a reader with the same deadline; it stays usable after `close`, as for any socket."""
        return _Reader(_DeadlineReader(self._channel.makefile(mode, buffering=0), self))  # type: ignore[call-overload]

    def timed(self, operation: Callable[[T], R], argument: T) -> R:
        """Call an operation that may wait, but not longer than the remaining time; raises TargetError."""
        left = self._remaining()
        try:
            if not left <= self._timeout <= left + _SLACK:
                self._timeout = math.ceil(left / _SLACK) * _SLACK
                self._channel.settimeout(self._timeout)
            return operation(argument)
        except OSError as error:
            raise connection_error(error) from error

    def close(self) -> None:
        """Close the socket once its readers are closed."""
        self._channel.close()

    def _has_no_data(self) -> bool:
        import ssl  # late: it is loaded if this is a TLS connection

        self._channel.settimeout(0)
        self._timeout = 0.0
        try:
            self._channel.recv(1)  # a connection with data is of no further use, so the byte may be lost
        except ssl.SSLWantReadError:
            return True
        except OSError:
            return False
        return False


class _DeadlineReader(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, owner: DeadlineSocket) -> None:
        self._raw, self._socket, self._ended = raw, owner, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        if self._ended:
            return 0
        if ahead := self._socket.ahead:
            view = memoryview(buffer)
            size = min(len(view), len(ahead))
            view[:size], self._socket.ahead = ahead[:size], ahead[size:]
            return size
        return self._socket.timed(self._raw.readinto, buffer)

    def give_back(self, buffered: io.BufferedReader) -> None:
        """Return to the socket what a reader has buffered; nothing is read from here on."""
        self._ended = True
        self._socket.ahead = buffered.peek() + self._socket.ahead

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Reader(io.BufferedReader):
    """A reader that gives back, when it is closed, the bytes behind the response, which would be lost with it."""

    raw: _DeadlineReader

    def close(self) -> None:
        if not self.closed:
            self.raw.give_back(self)
        super().close()


def connection_error(error: Exception) -> TargetError:
    """Return the error of a failed connection, with the details that a caller may see."""
    if isinstance(error, TargetError):
        return error
    if isinstance(error, TimeoutError):
        return TargetError("timeout", "The server took too long to respond.")
    if hasattr(error, "verify_code"):
        return TargetError("connect_failed", "The server's certificate is not valid for this host.")
    return TargetError("connect_failed", "The server cannot be reached, or it closed the connection.")
