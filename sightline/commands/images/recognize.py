"""`sightline recognize`, `correct` and `delete`: what becomes of images that are there."""

import json
import sys
import time
from argparse import Namespace
from typing import Any

from sightline.client.api import Api, Stopped
from sightline.client.problem import Problem
from sightline.commands.images.per_image import per_image
from sightline.commands.pictures.batch import Image, rejection
from sightline.output import tables as display

_LOOK_EVERY = 0.5


def recognize(api: Api, given: Namespace) -> int:
    """Have images recognised again; the answers before stay."""
    wanted = {name: getattr(given, name) for name in ("detector", "model") if getattr(given, name)}

    def ask(image_id: str) -> Any:
        queued = api.post(f"/images/{image_id}/recognitions", json=wanted)
        return _answered(api, queued, time.monotonic() + given.timeout) if given.wait else queued

    return per_image(given, ask, lambda image: display.line(f"{image['image_id']}  {' '.join(display.seen(image))}"))


def correct(api: Api, given: Namespace) -> int:
    """Say what is on an image; it is kept beside what was seen."""
    if not given.labels and not given.nothing:
        raise Problem("no_labels", "Say what is on the image, or --nothing.")
    said = api.post(f"/images/{given.image_id}/corrections", json={"labels": given.labels})
    if given.json:
        display.machine_line(said)
    else:
        display.line(f"{said['image_id']}  {', '.join(said['labels']) or 'nothing'}")
    return 0


def delete(api: Api, given: Namespace) -> int:
    """Erase images for good, and show the receipts."""
    if not given.yes and not _agreed(len(given.image_ids)):
        raise Problem("not_confirmed", "Nothing was erased; --yes says it without being asked.")
    return per_image(given, lambda image_id: api.delete(f"/images/{image_id}"), _receipt)


def _agreed(count: int) -> bool:
    what = "this image" if count == 1 else f"these {count} images"
    print(
        f"Erase {what} for good, with every answer and picture made of it? [y/N] ", end="", file=sys.stderr, flush=True
    )
    try:
        return input().strip().casefold() in ("y", "yes")
    except EOFError:
        return False


def _receipt(said: Image) -> None:
    display.line(f"{said['image_id']}  {said['status']} at {said['erased_at']}")
    for kind, gone in said["removed"].items():
        for each in gone if isinstance(gone, list) else [gone]:
            display.line(f"  {kind:13} {_named(each)}")


def _named(gone: Any) -> str:
    if isinstance(gone, dict):
        return f"{gone['key']} {gone['version']}"
    return gone if isinstance(gone, str) else json.dumps(gone)


def _answered(api: Api, queued: Image, deadline: float) -> Image:
    """The image once this very request has its answer, which another one may have replaced already."""
    while True:
        image: Image = api.get(f"/images/{queued['image_id']}")
        if queued["request"] in (each.get("request") for each in (image, *image.get("earlier", ()))):
            if problem := rejection(image):
                raise problem
            return image
        if time.monotonic() > deadline:
            raise Problem("no_answer_yet", "It has no new answer yet; sightline show will tell.")
        if api.stopped.wait(_LOOK_EVERY):
            raise Stopped
