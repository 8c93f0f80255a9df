"""Polling: an image until it has an outcome, the list until it has new images."""

import time
from collections.abc import Iterator

from sightline.client.problem import NoOutcomeYet, Problem
from sightline.client.schemas.changes import QueuedRequest
from sightline.client.schemas.image import Image
from sightline.client.transport.api import Api

_FIRST_INTERVAL, _LONGEST_INTERVAL = 0.3, 3.0
_REQUEST_INTERVAL = 0.5
_PAGE = 100


def wait_for_outcome(api: Api, image_id: str, timeout: float) -> Image:
    """Poll until the image is recognized or rejected, at most `timeout` seconds; raises Problem or Interrupted."""
    deadline, interval = time.monotonic() + timeout, _FIRST_INTERVAL
    while True:
        image: Image = api.get(f"/images/{image_id}")
        if image["status"] != "queued":
            return image
        if time.monotonic() > deadline:
            raise NoOutcomeYet("no_answer_yet", "The image has no outcome yet; sightline watch waits for it.")
        api.pause(interval)
        interval = min(interval * 1.5, _LONGEST_INTERVAL)


def wait_for_request(api: Api, queued: QueuedRequest, timeout: float) -> Image:
    """Poll until this request has its outcome, at most `timeout` seconds; raises Problem or Interrupted."""
    deadline = time.monotonic() + timeout
    while True:
        image: Image = api.get(f"/images/{queued['image_id']}")
        if queued["request"] in (outcome.get("request") for outcome in (image, *image.get("earlier", ()))):
            return image
        if time.monotonic() > deadline:
            detail = "The request has no outcome yet; sightline show shows it when it has one."
            raise NoOutcomeYet("no_answer_yet", detail)
        api.pause(_REQUEST_INTERVAL)


def rejection(image: Image) -> Problem | None:
    """Return the rejection of an image as a Problem; None if it was not rejected."""
    reason = image.get("rejection")
    return Problem(reason["code"], reason["detail"]) if reason else None


def arriving(api: Api, interval: float) -> Iterator[Image]:
    """Yield images whose first outcome is stored from now on, for ever; raises Problem or Interrupted."""
    known = {image["image_id"] for image in api.items("/images", _PAGE)}
    while True:
        fresh = _unknown(api, known)
        known.update(image["image_id"] for image in fresh)
        yield from reversed(fresh)
        api.pause(interval)


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
