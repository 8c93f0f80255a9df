"""Receivers of webhooks that fail in every way a receiver may; each verifies, and keeps a book of what it was told."""

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

TAKEN = "204"
HUNG, HALF, CUT, RESET, REDIRECT = "no answer", "half a body", "half a status line", "reset", "302"
FOLLOWED = "a redirect followed"
_RESET_NOW = struct.pack("ii", 1, 0)
_PIECES = {HALF: b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of what", CUT: b"HTTP/1.1 2"}
_HEADERS = {"429": {"Retry-After": "1"}, "503": {"Retry-After": "2"}, REDIRECT: {"Location": "/elsewhere"}}


@dataclass(frozen=True)
class Told:
    """One request that came: its `webhook-id`, whether it verified, the event, and what was answered."""

    at: float
    webhook_id: str
    verified: bool
    event: Any
    answer: str


@dataclass
class Receiver:
    """`manners` are what it answers while it is not `calm`, chosen by the dice; `secret` is what it verifies with."""

    name: str
    manners: Sequence[str]
    dice: random.Random
    secret: str = ""
    calm: bool = False
    told: list[Told] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)
    port: int = 0
    _server: "_Server | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _restarting: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        """Listen, the second time on the same port as before."""
        self._server = _Server(("127.0.0.1", self.port), partial(_Handler, self))
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
            self._server = None

    def restart(self, away: float) -> None:
        """Be gone for a while; the book stays."""
        with self._restarting:
            self.restarts.append(time.time())
            self.close()
            time.sleep(away)
            self.open()

    @property
    def url(self) -> str:
        """Where it is told."""
        return f"http://127.0.0.1:{self.port}/hook"

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> str:
        """Verify and write down; what is to be answered."""
        try:
            event, verified = Webhook(self.secret).verify(body, headers), True
        except (WebhookVerificationError, ValueError):
            event, verified = json.loads(body), False
        with self._lock:
            answer = FOLLOWED if path != "/hook" else TAKEN if self.calm else self.dice.choice(self.manners)
            self.told.append(Told(time.time(), headers.get("webhook-id", ""), verified, event, answer))
        return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, *given: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*given)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Keep the connection in mind."""
        self._open.add(request)
        super().process_request(request, client_address)

    def hang_up(self) -> None:
        """End what is kept alive, as a process that ends does."""
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, receiver: Receiver, *args: Any) -> None:
        self._receiver = receiver
        super().__init__(*args)

    def handle(self) -> None:
        """Whoever asks may be killed over it."""
        with suppress(OSError):
            super().handle()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._answer(self._receiver.receive(self.path, headers, body))

    def do_GET(self) -> None:
        """Only who follows a redirect comes so."""
        self._receiver.receive(self.path, {}, b"{}")

    def _answer(self, answer: str) -> None:
        if answer[0].isdigit():
            return self._whole(answer)
        while answer == HUNG and not self._receiver.calm:
            time.sleep(0.1)
        self.close_connection = True
        self.wfile.write(_PIECES.get(answer, b""))
        if answer == RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_NOW)
        return None

    def _whole(self, answer: str) -> None:
        self.send_response_only(int(answer))
        for name, value in _HEADERS.get(answer, {}).items():
            self.send_header(name, value)
        if answer != TAKEN:
            self.send_header("Content-Length", "0")
        self.end_headers()
