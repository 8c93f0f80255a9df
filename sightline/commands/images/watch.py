"""`sightline watch`."""

import time
from argparse import Namespace

from sightline.client.client import Client
from sightline.client.problem import Problem
from sightline.client.resources.waiting import rejection
from sightline.client.schemas.image import Image
from sightline.commands.arguments import Commands, add_image_ids, add_timeout
from sightline.commands.images.per_image import print_failure
from sightline.output.json_lines import print_json
from sightline.output.summary import summarize
from sightline.output.text import print_line


def register(commands: Commands) -> None:
    """Add the command."""
    about = "wait until images have an outcome; without image ids, print every new outcome"
    parser = commands.add("watch", watch, about, "img_01a1…")
    add_image_ids(parser, required=False)
    add_timeout(parser)


def watch(client: Client, arguments: Namespace) -> int:
    """Print the outcome of each image as soon as there is one; without image ids, print every new outcome for ever."""
    if not arguments.image_ids:
        for image in client.images.watch():
            _print_outcome(image, machine=arguments.json)
    deadline, failed = time.monotonic() + arguments.timeout, False
    for image_id in arguments.image_ids:
        failed |= not _watch_one(client, image_id, deadline, machine=arguments.json)
    return int(failed)


def _watch_one(client: Client, image_id: str, deadline: float, *, machine: bool) -> bool:
    """Wait for one image and print its outcome; returns False if it was rejected or has none by the deadline."""
    try:
        image = client.images.wait(image_id, timeout=max(0.0, deadline - time.monotonic()))
        if problem := rejection(image):
            raise problem
    except Problem as problem:
        print_failure(image_id, problem, machine=machine)
        return False
    _print_outcome(image, machine=machine)
    return True


def _print_outcome(image: Image, *, machine: bool) -> None:
    if machine:
        print_json(image)
    else:
        label, confidence = summarize(image)
        print_line("  ".join((image["image_id"], f"{label} {confidence}".strip(), image["name"])))
