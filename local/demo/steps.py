"""Three photographs by URL through the whole chain, to a webhook whose signature is verified."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from local.demo.photos import PHOTOS

_DESCRIPTION = "make run"
_PATIENCE = 120.0


class DemoError(RuntimeError):
    """The deployed chain did not do what it should; the text says what."""


class Api:
    """The deployed API, spoken to with a token where auth is on."""

    def __init__(self, base_url: str, token: str | None) -> None:
        self.base_url = base_url
        self._session = requests.Session()
        self._session.trust_env = False
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The JSON answer of one call, or None; raises DemoError unless it succeeded."""
        try:
            answer = self._session.request(method, self.base_url + path, json=body, timeout=60)
        except requests.RequestException as error:
            raise DemoError(f"{method} {path} got no answer: {error}") from error
        if not answer.ok:
            raise DemoError(f"{method} {path} was answered with {answer.status_code}: {answer.text[:500]}")
        return answer.json() if answer.content else None


@dataclass(slots=True)
class Photo:
    """One photograph on its way. Times are in seconds since 1970; `problem` is empty while all is well."""

    name: str
    image_id: str
    sent_at: float
    recognition: Mapping[str, Any] = field(default_factory=dict)
    received_at: float = 0.0
    problem: str = ""

    @property
    def arrived(self) -> bool:
        """Whether it has been recognised and the receiver told, or never will be."""
        return bool(self.problem or (self.recognition and self.received_at))


def subscribe(api: Api, receiver: str) -> None:
    """Register the receiver afresh, in place of what an earlier run registered, and tell it the secret."""
    for webhook in api.ask("GET", "/webhooks?limit=100")["items"]:
        if webhook.get("description") == _DESCRIPTION:
            api.ask("DELETE", f"/webhooks/{webhook['webhook_id']}")
    made = api.ask("POST", "/webhooks", {"url": f"{receiver}/", "description": _DESCRIPTION})
    requests.put(f"{receiver}/secret", data=made["secret"].encode(), timeout=10).raise_for_status()


def upload(api: Api, photos: str) -> list[Photo]:
    """Have every photograph fetched from its URL."""
    sent = []
    for name in PHOTOS:
        now = time.time()
        queued = api.ask("POST", "/images", {"url": f"{photos}/{name}.png", "name": f"{name}.png"})
        sent.append(Photo(name, queued["image_id"], now))
    return sent


def wait(api: Api, receiver: str, photos: list[Photo]) -> None:
    """Look until all have arrived, telling how far they are; raises DemoError when that takes too long."""
    deadline, told = time.monotonic() + _PATIENCE, ""
    while not all(photo.arrived for photo in photos):
        if time.monotonic() > deadline:
            raise DemoError(f"After {_PATIENCE:.0f} s: {_progress(photos)}. Something is stuck.")
        for photo in photos:
            _look(api, photo)
        _read_book(receiver, photos)
        told = _tell(_progress(photos), told)
        time.sleep(0.2)


def table(photos: list[Photo]) -> str:
    """What came of each photograph: the top labels, the webhook, the milliseconds from upload to webhook."""
    rows = [("photo", "recognised as", "webhook", "ms"), *(_row(photo) for photo in photos)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])


def _look(api: Api, photo: Photo) -> None:
    if photo.recognition or photo.problem:
        return
    image = api.ask("GET", f"/images/{photo.image_id}?top_k=3")
    photo.recognition = image.get("recognition") or {}
    if image.get("rejection"):
        photo.problem = f"rejected: {image['rejection']['detail']}"


def _read_book(receiver: str, photos: list[Photo]) -> None:
    receipts = requests.get(f"{receiver}/received", timeout=10).json()
    told = {receipt["event"]["data"]["image_id"]: receipt["received_at"] for receipt in receipts if receipt["verified"]}
    for photo in photos:
        photo.received_at = told.get(photo.image_id, 0.0)


def _progress(photos: list[Photo]) -> str:
    recognised = sum(bool(photo.recognition) for photo in photos)
    told = sum(bool(photo.received_at) for photo in photos)
    return f"{recognised} of {len(photos)} recognised, {told} of {len(photos)} webhooks verified"


def _tell(progress: str, told: str) -> str:
    if progress != told:
        print(f"  {progress}", flush=True)
    return progress


def _row(photo: Photo) -> tuple[str, str, str, str]:
    if photo.problem:
        return photo.name, photo.problem, "—", "—"
    seen = ", ".join(f"{each['label']} {each['confidence']:.0%}" for each in photo.recognition["detections"])
    return photo.name, seen, "verified", f"{(photo.received_at - photo.sent_at) * 1000:.0f}"
