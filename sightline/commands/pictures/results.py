"""The output of `sightline classify`."""

from collections.abc import Mapping

from sightline.client.problem import Problem
from sightline.client.schemas.image import Recognition
from sightline.commands.pictures.sources import Source
from sightline.output.json_lines import failure, print_json
from sightline.output.summary import percent
from sightline.output.tables import print_table
from sightline.output.text import print_problem

Results = Mapping[Source, Recognition | Problem]
"""The recognition of each picture, or the problem with it."""


def print_results(results: Results, *, machine: bool) -> None:
    """Print one JSON object for each picture, or a table and the problems."""
    if machine:
        _print_records(results)
    else:
        _print_table(results)


def _print_records(results: Results) -> None:
    for source, result in results.items():
        record: Mapping[str, object] = result if not isinstance(result, Problem) else failure(result)
        print_json({"source": source.argument, **record})


def _print_table(results: Results) -> None:
    rows = [
        (source.argument, detection["label"], percent(detection))
        for source, result in results.items()
        if not isinstance(result, Problem)
        for detection in result["detections"]
    ]
    print_table(("picture", "label", "confidence"), rows)
    for source, result in results.items():
        if isinstance(result, Problem):
            print_problem(source.argument, result)
