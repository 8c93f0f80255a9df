"""`sightline list`, `show` and `watch`."""

import time
from argparse import Namespace
from collections.abc import Iterator

from sightline.client.api import Api, Stopped
from sightline.commands.filters import filters
from sightline.commands.images.per_image import complain, per_image
from sightline.commands.pictures.batch import Image, settled
from sightline.output import tables as display
from sightline.output.details import details

_HEADINGS = ("image_id", "received", "label", "confidence", "name")
_LOOK_EVERY = 2.0
_LOOK_AT = 100


def list_images(api: Api, given: Namespace) -> int:
    """Your images that have an answer, newest first."""
    most = None if given.all else given.limit
    images = api.items("/images", most, {"top_k": given.top_k} | filters(given))
    if given.json:
        for image in images:
            display.machine_line(image)
    else:
        display.table(_HEADINGS, [_row(image) for image in images])
    return 0


def show(api: Api, given: Namespace) -> int:
    """All there is to know about an image."""
    query = {"top_k": given.top_k, "min_confidence": given.min_confidence}
    return per_image(given, lambda image_id: api.get(f"/images/{image_id}", query), details)


def watch(api: Api, given: Namespace) -> int:
    """Wait for the answers of images, or tell every new answer as it comes."""
    if not given.image_ids:
        for image in arriving(api):
            _tell(image, given)
    deadline, failed = time.monotonic() + given.timeout, False
    for image_id in given.image_ids:
        image, problem = settled(api, {"image_id": image_id}, deadline)
        if problem:
            failed = True
            complain(image_id, problem, machine=given.json)
        else:
            _tell(image, given)
    return int(failed)


def arriving(api: Api, every: float = _LOOK_EVERY) -> Iterator[Image]:
    """Images whose answers come from now on, for ever."""
    known = {image["image_id"] for image in api.items("/images", _LOOK_AT)}
    while True:
        fresh = _unknown(api, known)
        known.update(image["image_id"] for image in fresh)
        yield from reversed(fresh)
        if api.stopped.wait(every):
            raise Stopped


def _unknown(api: Api, known: set[str]) -> list[Image]:
    """Newest first, past the first page as far as nothing on it was known: an answer may overtake another."""
    fresh = list[Image]()
    for count, image in enumerate(api.items("/images", None)):
        if image["image_id"] not in known:
            fresh.append(image)
        elif count >= _LOOK_AT:
            break
    return fresh


def _tell(image: Image, given: Namespace) -> None:
    if given.json:
        display.machine_line(image)
    else:
        label, confidence = display.seen(image)
        display.line("  ".join((image["image_id"], f"{label} {confidence}".strip(), image["name"])))


def _row(image: Image) -> tuple[str, ...]:
    received = image["received_at"].replace("T", " ")[:19]
    return (image["image_id"], received, *display.seen(image), image["name"])
