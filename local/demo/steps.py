"""The steps of the demo: register a receiver, upload photographs by URL, wait for recognitions and webhooks."""

import time
from collections.abc import Sequence

import requests

from local.demo.api import Api, DemoError, Image
from local.demo.photos import PHOTOS
from local.demo.results import Photo, progress

_DESCRIPTION = "make run"
_PATIENCE = 120.0
_POLL_SECONDS = 0.2


def subscribe(api: Api, receiver: str) -> None:
    """Register the receiver in place of those that earlier runs registered, and send it the secret."""
    for webhook in api.call("GET", "/webhooks?limit=100")["items"]:
        if webhook.get("description") == _DESCRIPTION:
            api.call("DELETE", f"/webhooks/{webhook['webhook_id']}")
    webhook = api.call("POST", "/webhooks", {"url": f"{receiver}/", "description": _DESCRIPTION})
    requests.put(f"{receiver}/secret", data=webhook["secret"].encode(), timeout=10).raise_for_status()


def upload(api: Api, photos: str) -> list[Photo]:
    """Have the API fetch every photograph from the file server at the URL `photos`."""
    sent = []
    for name in PHOTOS:
        now = time.time()
        queued = api.call("POST", "/images", {"url": f"{photos}/{name}.png", "name": f"{name}.png"})
        sent.append(Photo(name, queued["image_id"], now))
    return sent


def wait(api: Api, receiver: str, photos: Sequence[Photo]) -> None:
    """Poll until all photographs are done, and print the progress; raises DemoError after two minutes."""
    deadline, printed = time.monotonic() + _PATIENCE, ""
    while not all(photo.done for photo in photos):
        if time.monotonic() > deadline:
            raise DemoError(f"After {_PATIENCE:.0f} s: {progress(photos)}. Something is stuck.")
        for photo in photos:
            _read_outcome(api, photo)
        _read_receipts(receiver, photos)
        printed = _print_if_new(progress(photos), printed)
        time.sleep(_POLL_SECONDS)


def _read_outcome(api: Api, photo: Photo) -> None:
    if photo.recognition or photo.problem:
        return
    image: Image = api.call("GET", f"/images/{photo.image_id}?top_k=3")
    photo.recognition = image.get("recognition")
    if rejection := image.get("rejection"):
        photo.problem = f"rejected: {rejection['detail']}"


def _read_receipts(receiver: str, photos: Sequence[Photo]) -> None:
    receipts = requests.get(f"{receiver}/received", timeout=10).json()
    received_at = {_image_id(receipt["event"]): receipt["received_at"] for receipt in receipts if receipt["verified"]}
    for photo in photos:
        photo.received_at = received_at.get(photo.image_id, 0.0)


def _image_id(event: object) -> str:
    """Return the id of the image that an event is about; empty for any other event, such as a test of the webhook."""
    data = event.get("data") if isinstance(event, dict) else None
    return str(data.get("image_id", "")) if isinstance(data, dict) else ""


def _print_if_new(line: str, printed: str) -> str:
    if line != printed:
        print(f"  {line}", flush=True)
    return line
