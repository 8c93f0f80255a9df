"""An HTTP server on this machine that sends, for each path, the bytes and pauses that a test sets."""

import math
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

Part = bytes | float | None
Response = bytes | Iterable[Part]
"""Bytes to send; a number of seconds to wait; STALL to wait until the client hangs up; None to reset the connection."""

STALL = math.inf

_NO_LINGER = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: closing the socket resets the connection."""


class LoopbackServer:
    """Sends `responses` by path; `requests` are the received heads, `url` and `port` its address.

    `wait` waits for the seconds in a response: time.sleep, or a clock's `advance`.
    """

    def __init__(self, responses: dict[str, Response], tls: ssl.SSLContext | None = None) -> None:
        self.responses, self._tls = responses, tls
        self.requests: list[str] = []
        self.wait: Callable[[float], None] = time.sleep
        self._received = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def wait_for_requests(self, count: int) -> None:
        """Wait until so many requests have been received: a client may give up before the server has read its head."""
        with self._received:
            assert self._received.wait_for(lambda: len(self.requests) >= count, timeout=60), self.requests

    def close(self) -> None:
        """Stop serving."""
        with suppress(OSError):  # wakes the thread that waits in accept
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._respond, args=(self._listener.accept()[0],), daemon=True).start()

    def _respond(self, channel: socket.socket) -> None:
        with suppress(OSError), channel:
            stream = self._tls.wrap_socket(channel, server_side=True) if self._tls else channel
            with stream, stream.makefile("rb") as received:
                while head := _head(received):
                    self._note(head)
                    found = self.responses.get(head.split(" ")[1], response(b"", status="404 Not Found"))
                    self._send(stream, [found] if isinstance(found, bytes) else found)
                    if not isinstance(found, bytes):
                        break  # a response in parts is the last one on its connection

    def _note(self, head: str) -> None:
        with self._received:
            self.requests.append(head)
            self._received.notify_all()

    def _send(self, channel: socket.socket, parts: Iterable[Part]) -> None:
        for part in parts:
            if isinstance(part, bytes):
                channel.sendall(part)
            elif part is None:
                channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            elif part == STALL:
                while channel.recv(4096):
                    pass
            else:
                self.wait(part)


def response(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return a whole response; `length` replaces the declared length, and -1 declares none."""
    declared = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", *headers, *([f"Content-Length: {declared}"] if declared >= 0 else [])]
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> list[bytes]:
    """Return the parts of a response that declares no length."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return [head, *(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks), end]


@contextmanager
def serving(responses: dict[str, Response], tls: ssl.SSLContext | None = None) -> Iterator[LoopbackServer]:
    """Run a server for the time of a test."""
    server = LoopbackServer(responses, tls)
    try:
        yield server
    finally:
        server.close()


def _head(received: Iterable[bytes]) -> str:
    lines = []
    for line in received:
        if line == b"\r\n":
            break
        lines.append(line.decode("latin-1").strip())
    return "\n".join(lines)
