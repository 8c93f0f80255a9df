"""The server of a fake deployment: the routes that the client calls, and S3."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import Message
from email.parser import BytesParser
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.loopback import serving
from tests.sightline.fake_changes import change, export
from tests.sightline.fake_deployment import Deployment, Headers, Request, Response, recognition


class DeploymentHandler(BaseHTTPRequestHandler):
    """Responds to the requests to one deployment."""

    protocol_version = "HTTP/1.1"

    def __init__(self, deployment: Deployment, *args: Any) -> None:
        self.deployment = deployment
        super().__init__(*args)

    def do_GET(self) -> None:
        self._respond(b"")

    def do_DELETE(self) -> None:
        self._respond(b"")

    def do_POST(self) -> None:
        self._respond(self.rfile.read(int(self.headers["Content-Length"])))

    def do_PATCH(self) -> None:
        self.do_POST()

    def log_message(self, *args: object) -> None:
        pass

    def _respond(self, content: bytes) -> None:
        parts = urlsplit(self.path)
        body = json.loads(content) if self.headers["Content-Type"] == "application/json" else content
        self.deployment.requests.append(Request(self.command, self.path, body))
        self.deployment.tokens.append(self.headers["Authorization"])
        prepared = self.deployment.responses.get(parts.path)
        if prepared:
            self._send_prepared(prepared.pop(0))
        else:
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            response = self._route(parts.path, query, body)
            self._send(200, response if isinstance(response, str) else json.dumps(response), {})

    def _send_prepared(self, response: Response) -> None:
        if response.status:
            self._send(response.status, response.body, response.headers)
            return
        if response.body:
            self._send(200, response.body, {"Content-Length": "1000000"})
        self.close_connection = True

    def _route(self, path: str, query: dict[str, str], body: Any) -> Any:
        changed = change(self.deployment, self.command, path, body)
        if response := changed or export(self.deployment, path, query):
            return response
        if self.command == "POST":
            return {
                "/uploads": self._announce,
                "/images": self._fetch,
                "/bucket": self._store,
                "/classify": self._classify,
            }[path](body)
        if path == "/models":
            return {"items": [{"detector": "edge", "name": "animals", "version": "1.0.0", "labels": ["cat", "dog"]}]}
        if path == "/images":
            return self._page(int(query["limit"]), int(query.get("cursor", 0)))
        return self.deployment.read(path.removeprefix("/images/"))

    def _announce(self, body: Any) -> Any:
        image_id = self.deployment.add(body["name"])
        fields = {"Content-Type": body["content_type"], "key": f"{image_id}/{body['name']}", "policy": "p"}
        return {"image_id": image_id, "upload": {"url": f"{self.deployment.url}/bucket", "fields": fields}}

    def _fetch(self, body: Any) -> Any:
        return {"image_id": self.deployment.add(body["url"].rsplit("/", 1)[-1]), "status": "queued"}

    def _classify(self, _body: bytes) -> Any:
        return recognition()

    def _store(self, body: bytes) -> Any:
        form = form_fields(self.headers["Content-Type"], body)
        if form["key"].endswith("/held.jpg"):
            self.deployment.hold()
        self.deployment.forms.append(form)
        return {}

    def _page(self, limit: int, start: int) -> Any:
        newest = sorted(self.deployment.images, reverse=True)
        while not start and self.deployment.arriving and self.deployment.listed:
            newest.insert(0, self.deployment.add(self.deployment.arriving.pop(0)))
        self.deployment.listed = True
        end = start + limit
        return {
            "items": [self.deployment.read(image_id) for image_id in newest[start:end]],
            "next_cursor": str(end) if end < len(newest) else None,
        }

    def _send(self, status: int, body: str, headers: Headers) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body.encode()))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError):  # the client was interrupted
            self.wfile.write(body.encode())


def form_fields(content_type: str, body: bytes) -> dict[str, Any]:
    """Return the fields of a multipart form as text, and its file as bytes."""
    message: Message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts = {str(part.get_param("name", header="content-disposition")): part for part in message.get_payload()}  # type: ignore[union-attr]
    contents = {name: part.get_payload(decode=True) for name, part in parts.items()}  # type: ignore[union-attr]
    return {name: content if name == "file" else content.decode() for name, content in contents.items()}  # type: ignore[union-attr]


@contextmanager
def fake_deployment() -> Iterator[Deployment]:
    """Serve a fake deployment for the time of a test."""
    deployment = Deployment()
    with serving(partial(DeploymentHandler, deployment)) as url:
        deployment.url = url
        yield deployment
        deployment.release.set()
