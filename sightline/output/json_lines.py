"""JSON lines, for programs that read the output."""

import json
import sys
from collections.abc import Mapping

_UNICODE = {"utf-8", "utf8"}


def print_json(record: Mapping[str, object]) -> None:
    """Print one JSON object on one line, in ASCII where stdout is not UTF-8."""
    print(json.dumps(record, ensure_ascii=sys.stdout.encoding.lower() not in _UNICODE), flush=True)
