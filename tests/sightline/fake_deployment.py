"""The state of a fake deployment: its images, the requests that arrived, and the responses that a test prepared."""

import threading
from dataclasses import dataclass, field
from typing import Any, NamedTuple

JPEG = b"\xff\xd8\xff\xe0 as a camera begins one"
Headers = dict[str, str]


@dataclass(frozen=True)
class Response:
    """A response that a test prepared; status 0 closes the connection, at once or within `body`."""

    status: int
    body: str = ""
    headers: Headers = field(default_factory=dict)


class Request(NamedTuple):
    """A request that arrived; `body` is decoded if it is JSON."""

    method: str
    path: str
    body: Any


@dataclass
class Deployment:
    """The requests that arrived, the images that there are, and the prepared responses by path.

    The images `arriving` are there when the list is read a second time. `failed_request` is the rejection of requests
    to recognize again.
    """

    url: str = ""
    responses: dict[str, list[Response]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    arriving: list[str] = field(default_factory=list)
    held: bool = False
    listed: bool = False
    release: threading.Event = field(default_factory=threading.Event)
    polls_until_outcome: int = 0
    failed_request: dict[str, str] = field(default_factory=dict)
    export_parts: list[int] = field(default_factory=list)

    def add(self, name: str) -> str:
        """Add an image, which is rejected unless its bytes are those of a JPEG; returns its id."""
        image_id = f"img_{len(self.images):032x}"
        self.images[image_id] = {"image_id": image_id, "name": name, "status": "queued", "polls": 0}
        return image_id

    def hold(self) -> None:
        """Hold the current request until the test ends."""
        self.held = True
        self.release.wait(30)

    def read(self, image_id: str) -> dict[str, Any]:
        """Return the image, with its outcome if it was read often enough."""
        image = self.images[image_id]
        image["polls"] += 1
        fields = {"image_id": image_id, "name": image["name"]}
        if image["polls"] <= self.polls_until_outcome:
            earlier = {"recognition": recognition(), "status": "recognized"}
            return fields | (earlier if "request" in image else {"status": "queued"})
        fields |= {"received_at": "2026-11-21T12:00:00.000Z", "bytes": 7}
        files = [form["file"] for form in self.forms if form["key"].startswith(f"{image_id}/")]
        if files and files[0][:3] != JPEG[:3]:
            rejection = {"code": "not_an_image", "detail": "The bytes are no picture."}
            return fields | {"status": "rejected", "rejected_at": "…", "rejection": rejection}
        if self.failed_request and "request" in image:
            failed = {"request": image["request"], "status": "rejected", "rejection": self.failed_request}
            return fields | {"status": "recognized", "recognition": recognition(), "earlier": [failed]}
        request = {"request": image["request"]} if "request" in image else {}
        return fields | request | {"status": "recognized", "recognition": recognition()}


def recognition() -> dict[str, Any]:
    """Return the recognition of every picture."""
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
