"""The function's log: a JSON object per image, with the correlation id that the calling functions log too."""

import json
import os
from collections.abc import Mapping, Sequence

_SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "edge_ml")
_ONLY_WARNINGS = os.environ.get("POWERTOOLS_LOG_LEVEL") == "WARNING"


def log_results(
    message: str, requests: Sequence[Mapping[str, object]], results: Sequence[Mapping[str, object]], **extra: str
) -> None:
    """Print a line per request: its correlation id, the fields in `extra`, and its result or error.

    At the log level WARNING, only errors are printed.
    """
    for request, result in zip(requests, results, strict=True):
        line = {"message": message, "service": _SERVICE, "correlation_id": request.get("correlation_id", "")}
        line |= extra | _outcome(result)
        if line["level"] == "WARNING" or not _ONLY_WARNINGS:
            print(json.dumps(line, separators=(",", ":")))


def _outcome(result: Mapping[str, object]) -> dict[str, object]:
    error = result.get("error")
    if isinstance(error, dict):
        return {"level": "WARNING", "code": error["code"], "detail": error["detail"]}
    return {"level": "INFO"} | {name: result[name] for name in ("duration_ms", "bytes") if name in result}
