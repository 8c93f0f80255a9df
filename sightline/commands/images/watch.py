"""`sightline watch`."""

import time
from argparse import Namespace
from collections.abc import Iterator

from sightline.client.api import Api, Interrupted
from sightline.client.polling import wait_for_outcome
from sightline.client.schemas.image import Image
from sightline.commands.arguments import Commands, add_image_ids, add_timeout
from sightline.commands.images.per_image import print_failure
from sightline.output.json_lines import print_json
from sightline.output.summary import summarize
from sightline.output.text import print_line

_INTERVAL = 2.0
_PAGE = 100


def register(commands: Commands) -> None:
    """Add the command."""
    about = "wait until images have an outcome; without image ids, print every new outcome"
    parser = commands.add("watch", watch, about, "img_01a1…")
    add_image_ids(parser, required=False)
    add_timeout(parser)


def watch(api: Api, arguments: Namespace) -> int:
    """Print the outcome of each image as soon as there is one; without image ids, print every new outcome for ever."""
    if not arguments.image_ids:
        for image in arriving(api):
            _print_outcome(image, machine=arguments.json)
    deadline, failed = time.monotonic() + arguments.timeout, False
    for image_id in arguments.image_ids:
        polled = wait_for_outcome(api, {"image_id": image_id, "name": "", "status": "queued"}, deadline)
        if polled.problem:
            failed = True
            print_failure(image_id, polled.problem, machine=arguments.json)
        else:
            _print_outcome(polled.image, machine=arguments.json)
    return int(failed)


def arriving(api: Api, interval: float = _INTERVAL) -> Iterator[Image]:
    """Yield images whose first outcome is stored from now on, for ever; raises Interrupted."""
    known = {image["image_id"] for image in api.items("/images", _PAGE)}
    while True:
        fresh = _unknown(api, known)
        known.update(image["image_id"] for image in fresh)
        yield from reversed(fresh)
        if api.interrupted.wait(interval):
            raise Interrupted


def _unknown(api: Api, known: set[str]) -> list[Image]:
    """Return images that are not known, newest first.

    The list is ordered by arrival, and an outcome may overtake an earlier image's: the first page is read whole, and
    the next ones up to the first known image.
    """
    fresh = list[Image]()
    for count, image in enumerate(api.items("/images", None)):
        if image["image_id"] not in known:
            fresh.append(image)
        elif count >= _PAGE:
            break
    return fresh


def _print_outcome(image: Image, *, machine: bool) -> None:
    if machine:
        print_json(image)
    else:
        label, confidence = summarize(image)
        print_line("  ".join((image["image_id"], f"{label} {confidence}".strip(), image["name"])))
