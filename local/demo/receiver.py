"""A webhook receiver that verifies signatures with the Standard Webhooks reference library, and keeps a book."""

import json
import time
from dataclasses import asdict, dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from local import loopback


@dataclass(frozen=True, slots=True)
class Receipt:
    """One request that came in. `received_at` is in seconds since 1970; `problem` says why it was not `verified`."""

    webhook_id: str
    received_at: float
    verified: bool
    problem: str
    event: Any


@dataclass(slots=True)
class Book:
    """What came in, and the secret it has to be signed with."""

    secret: str = ""
    receipts: list[Receipt] = field(default_factory=list)

    def receive(self, headers: dict[str, str], body: bytes) -> Receipt:
        """Verify one request and write it down."""
        try:
            event, problem = self._verified(headers, body), ""
        except (WebhookVerificationError, ValueError) as error:  # ValueError: a malformed signature, or not JSON
            event, problem = None, str(error) or type(error).__name__
        receipt = Receipt(headers.get("webhook-id", ""), time.time(), not problem, problem, event)
        self.receipts.append(receipt)
        return receipt

    def _verified(self, headers: dict[str, str], body: bytes) -> Any:
        if not self.secret:
            raise WebhookVerificationError("The receiver has not been told the secret")
        return Webhook(self.secret).verify(body, headers)


class ReceiverHandler(BaseHTTPRequestHandler):
    """Answers PUT /secret, GET /received, and a POST of a webhook anywhere."""

    def __init__(self, book: Book, *args: Any) -> None:
        self.book = book
        super().__init__(*args)

    def do_POST(self) -> None:
        """Take a webhook: 204 when its signature verifies, else 401."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        receipt = self.book.receive(headers, self._body())
        self._answer(HTTPStatus.NO_CONTENT if receipt.verified else HTTPStatus.UNAUTHORIZED)

    def do_PUT(self) -> None:
        """Learn the secret of the subscription."""
        self.book.secret = self._body().decode()
        self._answer(HTTPStatus.NO_CONTENT)

    def do_GET(self) -> None:
        """Show the book."""
        self._answer(HTTPStatus.OK, json.dumps([asdict(each) for each in self.book.receipts]).encode())

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, status: HTTPStatus, body: bytes = b"") -> None:
        self.send_response(status)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def handler(book: Book) -> loopback.Handler:
    """The handler that writes into this book."""
    return partial(ReceiverHandler, book)


if __name__ == "__main__":
    loopback.serve_inherited(handler(Book()))
