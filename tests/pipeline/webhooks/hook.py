"""A webhook of the deployed app, and a receiver that records its requests."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.pipeline.chain import Chain, wait_for


@dataclass
class Receiver:
    """A subscriber that responds with `status`, and the headers and bodies of its requests."""

    url: str = ""
    status: int = 204
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def ids(self, kind: str) -> list[str]:
        """Return the webhook-ids of the received events of this type, in order."""
        return [headers["webhook-id"] for headers, body in self.requests if json.loads(body)["type"] == kind]


class Handler(BaseHTTPRequestHandler):
    """Responds for a receiver, with a long body if the status is an error."""

    def __init__(self, receiver: Receiver, *args: Any) -> None:
        self.receiver = receiver
        super().__init__(*args)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
        body = b"x" * 5000 if self.receiver.status >= 400 else b""
        self.send_response(self.receiver.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@dataclass
class Hook:
    """A webhook of the owner `public`, and requests to its routes."""

    chain: Chain
    webhook: dict[str, Any]

    @property
    def path(self) -> str:
        """The path of the webhook."""
        return f"/webhooks/{self.webhook['webhook_id']}"

    def request(self, method: str, path: str = "", **parameters: Any) -> Any:
        """Send a request to a route of the webhook; return the JSON of the response."""
        response = self.chain.request(method, self.path + path, **parameters)
        assert response.ok, response.text
        return response.json()

    def deliveries(self, status: str, *image_ids: str) -> list[dict[str, Any]]:
        """Return the webhook's deliveries with this status, once there is one for each of these images."""

        def look() -> list[dict[str, Any]] | None:
            found: list[dict[str, Any]] = self.request("GET", "/deliveries", params={"status": status})["items"]
            chosen = [delivery for delivery in found if delivery["image_id"] in image_ids]
            return chosen if {delivery["image_id"] for delivery in chosen} == set(image_ids) else None

        return wait_for(look)
