"""A webhook receiver that verifies signatures with the Standard Webhooks reference library, and records requests."""

import json
import time
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

from standardwebhooks import Webhook, WebhookVerificationError

from local import loopback


class Receipt(NamedTuple):
    """One received request. `received_at` is in seconds since 1970; `problem` is empty if the request is `verified`."""

    webhook_id: str
    received_at: float
    verified: bool
    problem: str
    event: Any


@dataclass(slots=True)
class Receiver:
    """The receiver of a webhook: the requests that it received, and the secret that must have signed them."""

    secret: str = ""
    receipts: list[Receipt] = field(default_factory=list)

    def receive(self, headers: dict[str, str], body: bytes) -> Receipt:
        """Verify one request and record it."""
        try:
            event, problem = self._verify(headers, body), ""
        # ValueError: a malformed signature, or not JSON; RecursionError: too deeply nested JSON
        except (WebhookVerificationError, ValueError, RecursionError) as error:
            event, problem = None, str(error) or type(error).__name__
        receipt = Receipt(headers.get("webhook-id", ""), time.time(), not problem, problem, event)
        self.receipts.append(receipt)
        return receipt

    def _verify(self, headers: dict[str, str], body: bytes) -> object:
        if not self.secret:
            raise WebhookVerificationError("The receiver does not know the secret yet")
        return Webhook(self.secret).verify(body, headers)


class ReceiverHandler(BaseHTTPRequestHandler):
    """Serves PUT /secret, GET /received, and a POST of a webhook to any path."""

    def __init__(self, receiver: Receiver, *args: Any) -> None:
        self.receiver = receiver
        super().__init__(*args)

    def do_POST(self) -> None:
        """Receive a webhook; responds 204 if its signature is valid, else 401."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        receipt = self.receiver.receive(headers, self._body())
        self._respond(HTTPStatus.NO_CONTENT if receipt.verified else HTTPStatus.UNAUTHORIZED)

    def do_PUT(self) -> None:
        """Store the secret of the webhook."""
        self.receiver.secret = self._body().decode()
        self._respond(HTTPStatus.NO_CONTENT)

    def do_GET(self) -> None:
        """Send the recorded requests."""
        self._respond(HTTPStatus.OK, json.dumps([receipt._asdict() for receipt in self.receiver.receipts]).encode())

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _respond(self, status: HTTPStatus, body: bytes = b"") -> None:
        self.send_response(status)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def handler(receiver: Receiver) -> loopback.Handler:
    """Return the HTTP handler of this receiver."""
    return partial(ReceiverHandler, receiver)


if __name__ == "__main__":
    loopback.serve_inherited(handler(Receiver()))
