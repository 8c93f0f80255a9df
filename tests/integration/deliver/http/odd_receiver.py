"""A receiver whose webhook /odd responds oddly, once; every other request is refused with status 500."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.integration.deliver.http.odd_responses import Odd

REFUSED = b"HTTP/1.1 500 Refused\r\nContent-Length: 0\r\n\r\n"


class OddReceiver:
    """Keeps every connection open, whatever it has sent; `paths` are those requested on each connection."""

    def __init__(self, odd: Odd, tls: ssl.SSLContext | None) -> None:
        self.paths: list[list[str]] = []
        self._odd, self._tls = odd, tls
        self._served: list[socket.socket] = []
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def send_late_bytes(self) -> None:
        """Send what comes after the odd response. On this machine it has arrived when this returns."""
        for channel in self._served:
            with suppress(OSError):  # the client has closed the connection
                channel.sendall(self._odd.late)

    def close(self) -> None:
        """Close all connections."""
        for channel in (self._listener, *self._open):
            with suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)
            channel.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                channel, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(channel,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError):
            channel = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.append(channel)
            paths: list[str] = []
            self.paths.append(paths)
            received = channel.makefile("rb")
            while path := _path(received.readline()):
                length = 0
                while (line := received.readline().lower()) != b"\r\n":
                    if line.startswith(b"content-length:"):
                        length = int(line.partition(b":")[2])
                received.read(length)
                paths.append(path)
                self._respond(channel, path)

    def _respond(self, channel: socket.socket, path: str) -> None:
        if path != "/odd" or self._served:
            channel.sendall(REFUSED)
            return
        self._served.append(channel)
        for piece in self._odd.pieces:
            channel.sendall(piece)


def _path(line: bytes) -> str:
    return line.split(b" ")[1].decode() if line else ""


@contextmanager
def receiving(odd: Odd, tls: ssl.SSLContext | None = None) -> Iterator[OddReceiver]:
    """Run a receiver for the time of a test."""
    receiver = OddReceiver(odd, tls)
    try:
        yield receiver
    finally:
        receiver.close()
