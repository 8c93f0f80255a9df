"""The output of `sightline classify`."""

from collections.abc import Mapping

from sightline.client.problem import Problem
from sightline.commands.pictures.classified import Classified
from sightline.commands.pictures.sources import Source
from sightline.output.json_lines import failure, print_json
from sightline.output.summary import percent
from sightline.output.tables import print_table
from sightline.output.text import print_problem

Results = Mapping[Source, Classified | Problem]
"""The recognition of each picture, or the problem with it."""


def print_results(results: Results, *, machine: bool) -> None:
    """Print one JSON object for each picture, or a table and the problems."""
    if machine:
        for source, result in results.items():
            print_json({"source": source.argument, **_record(result)})
    else:
        _print_table(results)


def _record(result: Classified | Problem) -> Mapping[str, object]:
    if isinstance(result, Problem):
        return failure(result)
    return {**result.recognition, **({"drawn": str(result.drawn)} if result.drawn else {})}


def _print_table(results: Results) -> None:
    rows = [
        (source.argument, detection["label"], percent(detection), str(result.drawn or ""))
        for source, result in results.items()
        if not isinstance(result, Problem)
        for detection in result.recognition["detections"]
    ]
    print_table(("picture", "label", "confidence", "drawn into"), rows)
    for source, result in results.items():
        if isinstance(result, Problem):
            print_problem(source.argument, result)
