"""The function's log: a JSON object for each image, like those of the functions that ask, and found by the same id."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

_SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "edge_ml")


def tell(message: str, asked: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]], **more: str) -> None:
    """Print what came of each image, under the id by which whoever asks knows it."""
    for image, result in zip(asked, results, strict=True):
        about = {"message": message, "service": _SERVICE, "correlation_id": image.get("correlation_id", "")}
        print(json.dumps(about | more | _outcome(result)))


def _outcome(result: Mapping[str, Any]) -> dict[str, Any]:
    if "error" in result:
        return {"level": "WARNING"} | {name: result["error"][name] for name in ("code", "detail")}
    return {"level": "INFO"} | {name: result[name] for name in ("duration_ms", "bytes") if name in result}
