"""The figures of a classifier on its test photographs: the `metrics` of model.json."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import numpy as np

from edge_ml.training.classification.evaluation.calibration import coverage
from edge_ml.training.classification.evaluation.metrics import (
    Floats,
    Labels,
    accuracy,
    balanced_accuracy,
    calibration_error,
    confusion_matrix,
    recalls,
    softmax,
)
from edge_ml.training.classification.task import Task
from edge_ml.training.data.photographs import Photo, true_labels


class UnknownFigures(TypedDict):
    """The share of photographs that are not `unknown`, and the accuracy on these."""

    answered: float
    accuracy_of_answered: float


class OriginFigures(TypedDict):
    """The figures of one origin."""

    n: int
    accuracy: float
    balanced_accuracy: float
    recall: dict[str, float]
    unknown: UnknownFigures


class Figures(OriginFigures):
    """The figures of all headline origins together, and of every origin by itself."""

    split: str
    calibration_error: float
    confusion: list[list[int]]
    origins: NotRequired[dict[str, OriginFigures]]


def figures(task: Task, photos: Sequence[Photo], logits: Floats, *, temperature: float, threshold: float) -> Figures:
    """Return the figures of the photographs, given their logits, (N, labels)."""
    probabilities, truth = softmax(logits, temperature), true_labels(photos)
    origins = np.array([photo.origin for photo in photos])
    headline = np.isin(origins, sorted(task.headline))
    of_headline = _figures(probabilities[headline], truth[headline], threshold, task)
    of_headline["origins"] = {
        str(origin): _short(_figures(probabilities[origins == origin], truth[origins == origin], threshold, task))
        for origin in dict.fromkeys(origins)
    }
    return of_headline


def _figures(probabilities: Floats, truth: Labels, threshold: float, task: Task) -> Figures:
    matrix = confusion_matrix(truth, probabilities.argmax(1), len(task.labels))
    by_label = zip(task.labels, recalls(matrix), matrix, strict=True)
    return {
        "split": "test",
        "n": int(matrix.sum()),
        "accuracy": round(accuracy(matrix), 4),
        "balanced_accuracy": round(balanced_accuracy(matrix), 4),
        "recall": {label: round(recall, 4) for label, recall, row in by_label if row.sum()},
        "calibration_error": round(calibration_error(probabilities, truth), 4),
        "unknown": _unknown(probabilities, truth, threshold),
        "confusion": matrix.tolist(),
    }


def _short(full: Figures) -> OriginFigures:
    return {
        "n": full["n"],
        "accuracy": full["accuracy"],
        "balanced_accuracy": full["balanced_accuracy"],
        "recall": full["recall"],
        "unknown": full["unknown"],
    }


def _unknown(probabilities: Floats, truth: Labels, threshold: float) -> UnknownFigures:
    share, right = coverage(probabilities, truth, threshold)
    return {"answered": round(share, 4), "accuracy_of_answered": round(right, 4)}
