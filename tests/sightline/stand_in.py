"""A deployment in miniature: the routes that the client asks, with whatever trouble a test wants."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.loopback import serving
from tests.sightline.amended import changed, exported

JPEG = b"\xff\xd8\xff\xe0 as a camera begins one"
Headers = dict[str, str]


@dataclass(frozen=True)
class Trouble:
    """One answer given in place of the right one; status 0 breaks off, at once or within `body`."""

    status: int
    body: str = ""
    headers: Headers = field(default_factory=dict)


@dataclass
class Deployment:
    """What arrived, what is answered, and the answers to come that go wrong, by path.

    Images `to_come` are there when the list is read a second time.
    """

    url: str = ""
    troubles: dict[str, list[Trouble]] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    to_come: list[str] = field(default_factory=list)
    held: bool = False
    listed: bool = False
    release: threading.Event = field(default_factory=threading.Event)
    looks_until_answered: int = 0
    exported: list[int] = field(default_factory=list)

    def add(self, name: str) -> str:
        """A new image, which anything but a JPEG's bytes will be rejected for."""
        image_id = f"img_{len(self.images):032x}"
        self.images[image_id] = {"image_id": image_id, "name": name, "status": "queued", "looks": 0}
        return image_id

    def answered(self, image_id: str) -> dict[str, Any]:
        """The image, with its answer once it has been looked at often enough."""
        image = self.images[image_id]
        image["looks"] += 1
        if image["looks"] <= self.looks_until_answered:
            old = {"recognition": recognition(), "status": "recognized"} if "wish" in image else {"status": "queued"}
            return {"image_id": image_id, "name": image["name"]} | old
        shown = {"image_id": image_id, "name": image["name"], "received_at": "2026-11-21T12:00:00.000Z", "bytes": 7}
        sent = [form["file"] for form in self.forms if form["key"].startswith(f"{image_id}/")]
        if sent and sent[0][:3] != JPEG[:3]:
            rejection = {"code": "not_an_image", "detail": "The bytes are no picture."}
            return shown | {"status": "rejected", "rejected_at": "…", "rejection": rejection}
        wish = {"request": image["wish"]} if "wish" in image else {}
        return shown | wish | {"status": "recognized", "recognition": recognition()}


def recognition() -> dict[str, Any]:
    """What was seen on every picture."""
    return {
        "detector": "edge",
        "asked": "cascade",
        "model": {"name": "animals", "version": "1.0.0", "digest": "0"},
        "detections": [
            {"label": "cat", "confidence": 0.9945, "box": {"left": 0.1, "top": 0.2, "width": 0.3, "height": 0.4}},
            {"label": "dog", "confidence": 0.0055},
        ],
        "duration_ms": 10,
        "size": {"width": 451, "height": 300},
    }


class DeploymentHandler(BaseHTTPRequestHandler):
    """Answers one deployment's requests."""

    protocol_version = "HTTP/1.1"

    def __init__(self, deployment: Deployment, *args: Any) -> None:
        self.deployment = deployment
        super().__init__(*args)

    def do_GET(self) -> None:
        self._answer_or_fail(b"")

    def do_DELETE(self) -> None:
        self._answer_or_fail(b"")

    def do_POST(self) -> None:
        self._answer_or_fail(self.rfile.read(int(self.headers["Content-Length"])))

    def do_PATCH(self) -> None:
        self.do_POST()

    def log_message(self, *args: object) -> None:
        pass

    def _answer_or_fail(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        said = json.loads(body) if self.headers["Content-Type"] == "application/json" else body
        self.deployment.asked.append((self.command, self.path, said))
        self.deployment.tokens.append(self.headers["Authorization"])
        troubles = self.deployment.troubles.get(parts.path)
        if troubles:
            self._fail(troubles.pop(0))
        else:
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            answer = self._right(parts.path, query, said)
            self._send(200, answer if isinstance(answer, str) else json.dumps(answer), {})

    def _fail(self, trouble: Trouble) -> None:
        if trouble.status:
            self._send(trouble.status, trouble.body, trouble.headers)
        else:
            self._send(200, trouble.body, {"Content-Length": "1000000"}) if trouble.body else None
            self.close_connection = True

    def _right(self, path: str, query: dict[str, str], said: Any) -> Any:
        if answer := changed(self.deployment, self.command, path, said) or exported(self.deployment, path, query):
            return answer
        if self.command == "POST":
            return {
                "/uploads": self._form,
                "/images": self._by_url,
                "/bucket": self._store,
                "/classify": self._classify,
            }[path](said)
        if path == "/models":
            return {"items": [{"detector": "edge", "name": "animals", "version": "1.0.0", "labels": ["cat", "dog"]}]}
        if path == "/images":
            return self._page(int(query["limit"]), int(query.get("cursor", 0)))
        return self.deployment.answered(path.removeprefix("/images/"))

    def _form(self, said: Any) -> Any:
        image_id = self.deployment.add(said["name"])
        fields = {"Content-Type": said["content_type"], "key": f"{image_id}/{said['name']}", "policy": "p"}
        return {"image_id": image_id, "upload": {"url": f"{self.deployment.url}/bucket", "fields": fields}}

    def _by_url(self, said: Any) -> Any:
        return {"image_id": self.deployment.add(said["url"].rsplit("/", 1)[-1]), "status": "queued"}

    def _classify(self, said: bytes) -> Any:
        return recognition()

    def _store(self, said: bytes) -> Any:
        form = fields(self.headers["Content-Type"], said)
        if form["key"].endswith("/held.jpg"):
            self.deployment.held = True
            self.deployment.release.wait()
        self.deployment.forms.append(form)
        return {}

    def _page(self, limit: int, start: int) -> Any:
        newest = sorted(self.deployment.images, reverse=True)
        while not start and self.deployment.to_come and self.deployment.listed:
            newest.insert(0, self.deployment.add(self.deployment.to_come.pop(0)))
        self.deployment.listed = True
        end = start + limit
        return {
            "items": [self.deployment.answered(each) for each in newest[start:end]],
            "next_cursor": str(end) if end < len(newest) else None,
        }

    def _send(self, status: int, body: str, headers: Headers) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body.encode()))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError):  # the client was interrupted
            self.wfile.write(body.encode())


def fields(content_type: str, body: bytes) -> dict[str, Any]:
    """A form's fields as text, and its file as bytes."""
    message: Message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts = {str(each.get_param("name", header="content-disposition")): each for each in message.get_payload()}  # type: ignore[union-attr]
    held = {name: part.get_payload(decode=True) for name, part in parts.items()}  # type: ignore[union-attr]
    return {name: value if name == "file" else value.decode() for name, value in held.items()}  # type: ignore[union-attr]


@contextmanager
def standing_in() -> Iterator[Deployment]:
    """A deployment for the time of a test."""
    deployment = Deployment()
    with serving(partial(DeploymentHandler, deployment)) as url:
        deployment.url = url
        yield deployment
        deployment.release.set()
