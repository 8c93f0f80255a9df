"""Fields of model.json that an exporter states in the file's metadata: they precede every guess."""

import ast
from collections.abc import Mapping

from edge_ml.onboarding.proposal.findings import FOUND, Finding
from edge_ml.onboarding.proposal.normalization import NORMALIZATIONS
from edge_ml.serving.trial.trial_error import TrialError

_REASON = "Ultralytics' metadata"
_ULTRALYTICS = {"classify": "classify", "detect": "detect", "segment": "segment"}
"""Our tasks by those of Ultralytics (https://docs.ultralytics.com/tasks/)."""
_UNREAD = {
    "obb": "oriented boxes (task obb), whose angle no detection here has: train or export a model of task detect",
    "pose": "poses (task pose), whose keypoints no detection here has: train or export a model of task detect",
}


def stated_fields(metadata: Mapping[str, str]) -> dict[str, Finding]:
    """Return the fields of model.json that the file's metadata states; raises TrialError where it is of no use here."""
    if "names" not in metadata and "Ultralytics" not in metadata.get("author", ""):
        return {}
    task = metadata.get("task", "")
    if task in _UNREAD:
        raise TrialError("unsupported_output", f"The model cannot be used: it finds {_UNREAD[task]}.")
    values: dict[str, object] = {}
    if task in _ULTRALYTICS:
        values["task"] = _ULTRALYTICS[task]
        unit = NORMALIZATIONS["unit"]
        values |= {"input.mean": list(unit.mean), "input.std": list(unit.std), "input.channels": "RGB"}
        values["input.resize"] = "cover" if task == "classify" else "letterbox"
    size = _size(metadata.get("imgsz", ""))
    if size:
        values["input.size"] = size
    return {field: Finding(value, FOUND, _REASON) for field, value in values.items()}


def _size(text: str) -> list[int] | None:
    """Return [height, width] of Ultralytics' `imgsz`, such as [416, 416] or 640."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    sides = [value] * 2 if isinstance(value, int) else value
    fits = isinstance(sides, list | tuple) and len(sides) == 2 and all(isinstance(side, int) for side in sides)
    return [int(side) for side in sides] if fits else None
