"""The figures of a bundle on photographs that were not trained on."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from edge_ml.training.classification.evaluation.calibration import answered
from edge_ml.training.classification.evaluation.metrics import (
    Floats,
    accuracy,
    balanced_accuracy,
    calibration_error,
    confusion,
    recalls,
    softmax,
)
from edge_ml.training.classification.task import Task
from edge_ml.training.data.photographs import Photo, truths


def figures(
    task: Task, photos: Sequence[Photo], logits: Floats, *, temperature: float, threshold: float
) -> dict[str, Any]:
    """The `metrics` of model.json: the headline's origins together, then every origin by itself."""
    probabilities = softmax(logits, temperature)
    origins = np.array([photo.origin for photo in photos])
    chosen = np.isin(origins, sorted(task.headline))
    of_origins = {
        str(origin): _short(probabilities[origins == origin], truths(photos)[origins == origin], threshold, task)
        for origin in dict.fromkeys(origins)
    }
    return _full(probabilities[chosen], truths(photos)[chosen], threshold, task) | {"origins": of_origins}


def _full(probabilities: Floats, truth: Any, threshold: float, task: Task) -> dict[str, Any]:
    table = confusion(truth, probabilities.argmax(1), len(task.labels))
    by_label = zip(task.labels, recalls(table), table, strict=True)
    return {
        "split": "test",
        "n": int(table.sum()),
        "accuracy": round(accuracy(table), 4),
        "balanced_accuracy": round(balanced_accuracy(table), 4),
        "recall": {label: round(recall, 4) for label, recall, row in by_label if row.sum()},
        "calibration_error": round(calibration_error(probabilities, truth), 4),
        "unknown": _unknown(probabilities, truth, threshold),
        "confusion": table.tolist(),
    }


def _short(probabilities: Floats, truth: Any, threshold: float, task: Task) -> dict[str, Any]:
    full = _full(probabilities, truth, threshold, task)
    return {key: full[key] for key in ("n", "accuracy", "balanced_accuracy", "recall", "unknown")}


def _unknown(probabilities: Floats, truth: Any, threshold: float) -> dict[str, float]:
    share, right = answered(probabilities, truth, threshold)
    return {"answered": round(share, 4), "accuracy_of_answered": round(right, 4)}
