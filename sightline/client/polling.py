"""Polling an image until it has an outcome."""

import time
from typing import NamedTuple

from sightline.client.api import Api, Interrupted
from sightline.client.problem import Problem
from sightline.client.schemas.changes import QueuedRequest
from sightline.client.schemas.image import Image, Outcome

_FIRST_INTERVAL, _LONGEST_INTERVAL = 0.3, 3.0
_REQUEST_INTERVAL = 0.5


class Polled(NamedTuple):
    """An image as it was read last; `problem` is None if it was recognized."""

    image: Image
    problem: Problem | None


def wait_for_outcome(api: Api, image: Image, deadline: float) -> Polled:
    """Poll until the image has an outcome, at most until `deadline` (`time.monotonic`).

    The problem is its rejection, a failed call, or `no_answer_yet` after the deadline. Raises Interrupted.
    """
    interval = _FIRST_INTERVAL
    while True:
        try:
            image = api.get(f"/images/{image['image_id']}")
        except Problem as problem:
            return Polled(image, problem)
        if image["status"] != "queued":
            return Polled(image, rejection(image))
        if time.monotonic() > deadline:
            detail = "The image has no outcome yet; sightline watch waits for it."
            return Polled(image, Problem("no_answer_yet", detail))
        if api.interrupted.wait(interval):
            raise Interrupted
        interval = min(interval * 1.5, _LONGEST_INTERVAL)


def wait_for_request(api: Api, queued: QueuedRequest, deadline: float) -> Image:
    """Poll until this request has its outcome, which the outcome of a later request may have replaced already.

    Raises Problem if the request ended in a rejection, a call failed or the deadline passed; raises Interrupted.
    """
    while True:
        image: Image = api.get(f"/images/{queued['image_id']}")
        outcomes = (image, *image.get("earlier", ()))
        if outcome := next((found for found in outcomes if found.get("request") == queued["request"]), None):
            if problem := rejection(outcome):
                raise problem
            return image
        if time.monotonic() > deadline:
            raise Problem("no_answer_yet", "The request has no outcome yet; sightline show shows it when it has one.")
        if api.interrupted.wait(_REQUEST_INTERVAL):
            raise Interrupted


def rejection(outcome: Outcome) -> Problem | None:
    """Return a rejection as a Problem; None for another outcome."""
    reason = outcome.get("rejection")
    return Problem(reason["code"], reason["detail"]) if reason else None
