"""A server on this machine that answers each path with exactly the bytes it is told, at the pace it is told."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

Answer = bytes | Iterable[bytes | float | None]
"""Bytes to send; a number waits so many seconds; None resets the connection."""

_AT_ONCE = struct.pack("ii", 1, 0)
"""Lingering for no time: what is closed so is reset."""


class LoopbackServer:
    """`answers` by path; `requests` are the heads received; `url` and `port` say where."""

    def __init__(self, answers: dict[str, Answer], tls: ssl.SSLContext | None = None) -> None:
        self.answers, self.requests, self._tls = answers, list[str](), tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        with suppress(OSError):  # wakes the thread that waits in accept
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._converse, args=(self._listener.accept()[0],), daemon=True).start()

    def _converse(self, channel: socket.socket) -> None:
        with suppress(OSError), channel:
            spoken = self._tls.wrap_socket(channel, server_side=True) if self._tls else channel
            with spoken, spoken.makefile("rb") as received:
                while head := _head(received):
                    self.requests.append(head)
                    answer = self.answers.get(head.split(" ")[1], response(b"", status="404 Not Found"))
                    _send(spoken, [answer] if isinstance(answer, bytes) else answer)
                    if not isinstance(answer, bytes):
                        break  # an answer in parts is the last one on its connection


def response(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole answer; `length` declares another length than the body's, -1 none."""
    declared = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", *headers, *([f"Content-Length: {declared}"] if declared >= 0 else [])]
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> list[bytes]:
    """An answer that declares no length."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return [head, *(b"%x\r\n%s\r\n" % (len(each), each) for each in chunks), end]


@contextmanager
def serving(answers: dict[str, Answer], tls: ssl.SSLContext | None = None) -> Iterator[LoopbackServer]:
    """A server for the time of a test."""
    server = LoopbackServer(answers, tls)
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


def _send(channel: socket.socket, parts: Iterable[bytes | float | None]) -> None:
    for part in parts:
        if isinstance(part, bytes):
            channel.sendall(part)
        elif part is None:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        else:
            time.sleep(part)
