"""One call for each of several images: a failure with one image does not stop the others."""

from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import TypeVar

from sightline.client.problem import Problem
from sightline.output.json_lines import failure, print_json
from sightline.output.text import print_problem

Record = TypeVar("Record", bound=Mapping[str, object])


def per_image(arguments: Namespace, call: Callable[[str], Record], show: Callable[[Record], None]) -> int:
    """Call for each image id and print the result, or the problem; returns the exit status.

    Raises Problem with status 401: without a valid token, no other call will succeed.
    """
    failed = False
    for image_id in arguments.image_ids:
        try:
            record = call(image_id)
        except Problem as problem:
            if problem.status == 401:
                raise
            failed = True
            print_failure(image_id, problem, machine=arguments.json)
            continue
        if arguments.json:
            print_json(record)
        else:
            show(record)
    return int(failed)


def print_failure(image_id: str, problem: Problem, *, machine: bool) -> None:
    """Print the problem with an image."""
    if machine:
        print_json({"image_id": image_id} | failure(problem))
    else:
        print_problem(image_id, problem)
