"""JSON lines, for programs that read the output."""

import json
import sys
from collections.abc import Mapping

from sightline.client.problem import Problem

_UNICODE = {"utf-8", "utf8"}


def failure(problem: Problem) -> dict[str, object]:
    """Return the fields of a record whose image or picture has failed."""
    return {"status": "failed", "error": problem.to_dict()}


def print_json(record: Mapping[str, object]) -> None:
    """Print one JSON object on one line, in ASCII where stdout is not UTF-8."""
    print(json.dumps(record, ensure_ascii=sys.stdout.encoding.lower() not in _UNICODE), flush=True)
