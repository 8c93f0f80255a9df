"""One question about each of several images: what fails with one does not keep the others from it."""

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from sightline.client.problem import Problem
from sightline.output import tables as display


def per_image(given: Namespace, ask: Callable[[str], Any], show: Callable[[Any], None]) -> int:
    """Ask about each image named, and show or complain; the exit status."""
    failed = False
    for image_id in given.image_ids:
        try:
            said = ask(image_id)
        except Problem as problem:
            if problem.status == 401:
                raise
            failed = True
            complain(image_id, problem, machine=given.json)
            continue
        (display.machine_line if given.json else show)(said)
    return int(failed)


def complain(image_id: str, problem: Problem, *, machine: bool) -> None:
    """Say what went wrong with an image."""
    if machine:
        display.machine_line({"image_id": image_id, "status": "failed", "error": problem.to_dict()})
    else:
        display.complaint(image_id, problem)
