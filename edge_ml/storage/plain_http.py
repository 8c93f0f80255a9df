"""One GET after another over a kept connection, for responses of the plain form that S3 sends.

`http.client` would be imported for it, and the parser of e-mail with it, which takes as long as the rest of a first
GET. A response of any other form is `UnusualResponseError`: botocore's client has to ask again.
"""

import os
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl

CONNECT_SECONDS, READ_SECONDS = 2, 5
_LONGEST_HEAD = 65_536
_NOT_PLAIN = {b"transfer-encoding", b"content-encoding"}


class UnusualResponseError(Exception):
    """The server has responded with something that only botocore's client understands."""


class Origin(NamedTuple):
    """The server that a connection leads to; `tls` is None for plain HTTP."""

    name: str
    port: int
    tls: "ssl.SSLContext | None"


class Head(NamedTuple):
    """Status and length of a response; `closes` says whether the connection ends with it."""

    status: int
    length: int
    closes: bool


class Connection:
    """A connection. Any exception leaves it unusable: close it."""

    def __init__(self, origin: Origin) -> None:
        channel = socket.create_connection((origin.name, origin.port), CONNECT_SECONDS)
        try:
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._channel = origin.tls.wrap_socket(channel, server_hostname=origin.name) if origin.tls else channel
            self._channel.settimeout(READ_SECONDS)
        except BaseException:
            channel.close()
            raise
        self._received = bytearray()

    def get(self, target: str, headers: Mapping[str, str]) -> Head:
        """Send a request, and return the head of its response; raises OSError or UnusualResponseError."""
        lines = (f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", "")
        self._channel.sendall("\r\n".join(lines).encode("ascii"))
        while (end := self._received.find(b"\r\n\r\n")) < 0:
            if len(self._received) > _LONGEST_HEAD:
                raise UnusualResponseError
            self._receive()
        head = bytes(self._received[:end])
        del self._received[: end + 4]
        return _parsed(head)

    def body(self, length: int) -> bytes:
        """Return so many bytes, which follow the head; raises OSError."""
        body = memoryview(bytearray(length))
        have = min(len(self._received), length)
        body[:have] = self._received[:have]
        del self._received[:have]
        while have < length:
            count = self._channel.recv_into(body[have:])
            if not count:
                raise ConnectionError(f"The connection ended after {have} of {length} bytes.")
            have += count
        return bytes(body)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def _receive(self) -> None:
        data = self._channel.recv(65_536)
        if not data:
            raise ConnectionError("The connection ended before a response.")
        self._received += data


def trusted_tls() -> "ssl.SSLContext":
    """Return a context with the certificates that botocore's own clients trust."""
    import ssl

    import botocore

    return ssl.create_default_context(cafile=os.path.join(os.path.dirname(botocore.__file__), "cacert.pem"))


def _parsed(head: bytes) -> Head:
    first, *lines = head.split(b"\r\n")
    version, _, rest = first.partition(b" ")
    fields = [line.partition(b":") for line in lines]
    names = [name.lower() for name, _, _ in fields]
    named = dict(zip(names, (value.strip() for _, _, value in fields), strict=True))
    status, length = rest[:3], named.get(b"content-length", b"")
    plain = version == b"HTTP/1.1" and status.isdigit() and length.isdigit() and names.count(b"content-length") == 1
    if not plain or any(not colon or name.strip() != name for name, colon, _ in fields) or _NOT_PLAIN & named.keys():
        raise UnusualResponseError
    return Head(int(status), int(length), named.get(b"connection", b"").lower() == b"close")
