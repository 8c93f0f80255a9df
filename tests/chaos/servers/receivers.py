"""Webhook receivers that fail in every way a receiver can; each verifies and records the requests it receives."""

import json
import random
import socket
import struct
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

ACCEPTED = "204"
HUNG, HALF, CUT, RESET, REDIRECT = "no response", "half a body", "half a status line", "reset", "302"
FOLLOWED = "a redirect followed"
_NEAR = 0.5
"""Seconds in which a response that was sent may still be lost to the end of its connection."""
_RESET_NOW = struct.pack("ii", 1, 0)
_PIECES = {HALF: b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of what", CUT: b"HTTP/1.1 2"}
_HEADERS = {"429": {"Retry-After": "1"}, "503": {"Retry-After": "2"}, REDIRECT: {"Location": "/elsewhere"}}


@dataclass
class Receipt:
    """One received request: its moment, `webhook-id`, verification, event and chosen response.

    `responded` is the moment when the response had been sent, 0.0 before that.
    """

    at: float
    webhook_id: str
    verified: bool
    event: Any
    response: str
    responded: float = 0.0


@dataclass(frozen=True)
class Restart:
    """A restart: the moments before and after its open connections were closed."""

    began: float
    closed: float

    def hung_up_on(self, receipt: Receipt) -> bool:
        """Return True if the request may have found the end of its connection instead of a whole response."""
        return receipt.at - _NEAR <= self.closed and (not receipt.responded or self.began <= receipt.responded + _NEAR)


@dataclass
class Receiver:
    """A receiver that chooses a response among `responses` by the dice, and accepts everything once it is `calm`."""

    name: str
    responses: Sequence[str]
    dice: random.Random
    secret: str = ""
    calm: bool = False
    receipts: list[Receipt] = field(default_factory=list)
    restarts: list[Restart] = field(default_factory=list)
    port: int = 0
    _server: "_Server | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _restarting: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        """Listen; after a restart on the same port as before."""
        self._server = _Server(("127.0.0.1", self.port), partial(_Handler, self))
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop listening and close the open connections."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
            self._server = None

    def restart(self, away: float) -> None:
        """Close, and open after `away` seconds; the receipts stay."""
        with self._restarting:
            began = time.time()
            self.close()
            self.restarts.append(Restart(began, time.time()))
            time.sleep(away)
            self.open()

    @property
    def url(self) -> str:
        """The URL of the webhook."""
        return f"http://127.0.0.1:{self.port}/hook"

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> Receipt:
        """Verify and record a request, and choose its response."""
        try:
            event, verified = Webhook(self.secret).verify(body, headers), True
        except (WebhookVerificationError, ValueError):
            event, verified = json.loads(body), False
        with self._lock:
            response = FOLLOWED if path != "/hook" else ACCEPTED if self.calm else self.dice.choice(self.responses)
            receipt = Receipt(time.time(), headers.get("webhook-id", ""), verified, event, response)
            self.receipts.append(receipt)
        return receipt


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, *args: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection."""
        self._open.add(request)
        super().process_request(request, client_address)

    def hang_up(self) -> None:
        """Close the open connections, as a process that ends does."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, receiver: Receiver, *args: Any) -> None:
        self._receiver = receiver
        super().__init__(*args)

    def handle(self) -> None:
        """Ignore a caller that is killed during its request."""
        with suppress(OSError):
            super().handle()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receipt = self._receiver.receive(self.path, headers, body)
        self._respond(receipt.response)
        receipt.responded = time.time()

    def do_GET(self) -> None:
        """Record a redirect that was followed."""
        self._receiver.receive(self.path, {}, b"{}")

    def _respond(self, response: str) -> None:
        if response[0].isdigit():
            return self._send(response)
        while response == HUNG and not self._receiver.calm:
            time.sleep(0.1)
        self.close_connection = True
        self.wfile.write(_PIECES.get(response, b""))
        if response == RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_NOW)
        return None

    def _send(self, status: str) -> None:
        self.send_response_only(int(status))
        for name, value in _HEADERS.get(status, {}).items():
            self.send_header(name, value)
        if status != ACCEPTED:
            self.send_header("Content-Length", "0")
        self.end_headers()
