"""A TLS server in a process of its own: a subscriber that responds at once or after 50 ms, and AWS at once."""

import asyncio
import multiprocessing
import socket
import ssl
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.certificates import Certificates

HOST, ROUND_TRIP = "127.0.0.1", 0.05
SLOW = "/slow"
_ACCEPTED = b"HTTP/1.1 204 No Content\r\n\r\n"
_SECRET = b'{"Responses":{},"SecretString":"' + b"k" * 64 + b'"}'
_AWS = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(_SECRET), _SECRET)
"""The response to Secrets Manager's clients, the key, and to DynamoDB's, no unprocessed items."""


@dataclass(frozen=True)
class Receiver:
    """The server's URLs as a subscriber and as AWS, and the certificate of the authority to trust."""

    url: str
    aws: str
    authority: Path


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run the server, forked; call this before there are threads."""
    certificates = Certificates()
    with _listener() as subscriber, _listener() as aws, tempfile.TemporaryDirectory() as directory:
        authority = Path(directory, "authority.pem")
        authority.write_bytes(certificates.authority())
        serving = ((subscriber, aws), certificates.server(HOST))
        process = multiprocessing.get_context("fork").Process(target=_serve, args=serving, daemon=True)
        process.start()
        try:
            yield Receiver(_url(subscriber), _url(aws), authority)
        finally:
            process.terminate()
            process.join()


class _Responding(asyncio.Protocol):
    """Responds to requests in order on a kept connection; each has to declare its length."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, ended, body = self._read.partition(b"\r\n\r\n")
        if not ended or len(body) < _length(head):
            return
        self._read = b""
        path = head.split(b" ", 2)[1].decode()
        response = _AWS if b"\r\nX-Amz-Target:" in head else _ACCEPTED
        if path == SLOW:
            asyncio.get_running_loop().call_later(ROUND_TRIP, self.transport.write, response)
        else:
            self.transport.write(response)


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"\r\ncontent-length:")[2].split(b"\r\n", 1)[0])


def _listener() -> socket.socket:
    return socket.create_server((HOST, 0))


def _url(listener: socket.socket) -> str:
    return f"https://{HOST}:{listener.getsockname()[1]}"


def _serve(listeners: Iterable[socket.socket], context: ssl.SSLContext) -> None:
    async def forever() -> None:
        loop = asyncio.get_running_loop()
        servers = [await loop.create_server(_Responding, sock=listener, ssl=context) for listener in listeners]
        await asyncio.gather(*(server.serve_forever() for server in servers))

    asyncio.run(forever())
