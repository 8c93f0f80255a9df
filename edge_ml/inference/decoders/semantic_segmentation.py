"""What a semantically segmenting model's answer says of a picture: for each label, where it is."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.boxes.proposals import box
from edge_ml.inference.masks.outline import Field, points_each
from edge_ml.inference.masks.run_length_encoding import affordable, encoded
from edge_ml.inference.masks.upright_view import View
from edge_ml.inference.session import Shapes, model_failed
from edge_ml.pictures.letterbox import Size

SMALLEST_SHARE = 0.0005
"""A label on fewer of the picture's pixels is noise."""


class ClassScores:
    """Reads a score of each label for each pixel."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        count = len(bundle.labels)
        shape = (1, count, None, None) if bundle.input.layout == "NCHW" else (1, None, None, count)
        self.outputs: Shapes = {bundle.output.name: [shape]}

    def read(self, answers: list[NDArray[Any]], source: Size) -> list[dict[str, Any]]:
        """Each label's region; its confidence is the mean probability of its pixels."""
        scores = answers[0][0].astype(np.float32, copy=False)
        if self._bundle.input.layout == "NCHW":
            scores = np.moveaxis(scores, 0, -1)
        labels, best = scores.argmax(-1), scores.max(-1)
        sure = np.zeros_like(best)
        objects = labels != self._bundle.output.background
        sure[objects] = 1 / np.exp(scores[objects] - best[objects, None]).sum(-1)
        return _regions(self._bundle, source, labels, sure, lambda label: _lead(scores, labels, best, label))


class ClassMap:
    """Reads a label for each pixel."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        channels_first = bundle.input.layout == "NCHW"
        self._channel = 0 if channels_first else -1
        shape = (1, 1, None, None) if channels_first else (1, None, None, 1)
        self.outputs: Shapes = {bundle.output.name: [(1, None, None), shape]}

    def read(self, answers: list[NDArray[Any]], source: Size) -> list[dict[str, Any]]:
        """Each label's region; such a model tells no probabilities, so each confidence is 1."""
        labels = answers[0][0].astype(np.intp)
        if labels.ndim == 3:
            labels = labels.squeeze(self._channel)
        if labels.min() < 0 or labels.max() >= len(self._bundle.labels):
            raise model_failed(f"it answers the label {labels.max()}; there are {len(self._bundle.labels)}.")
        sure = np.ones(labels.shape, np.float32)
        return _regions(self._bundle, source, labels, sure, lambda label: np.where(labels == label, 1.0, -1.0))


def _lead(scores: NDArray[np.float32], labels: NDArray[np.intp], best: NDArray[np.float32], label: int) -> Field:
    """By how much the label's score is above, or below, the best of the others."""
    lead = scores[..., label] - best
    own = labels == label
    others = scores[own]
    others[:, label] = -np.inf
    lead[own] += best[own] - others.max(1, initial=-1e9)
    return lead


def _regions(
    bundle: ModelBundle,
    source: Size,
    labels: NDArray[np.intp],
    sure: NDArray[np.float32],
    field: Callable[[int], Field],
) -> list[dict[str, Any]]:
    view, nothing = View(bundle.fit, source, labels.shape), len(bundle.labels)
    upright, sureness = view.upright(labels, nothing), view.upright(sure, 0)
    shares = np.bincount(upright.ravel(), minlength=nothing + 1)[:nothing] / upright.size
    shares[bundle.output.background] = 0
    present = [int(label) for label in np.flatnonzero(shares >= SMALLEST_SHARE)]
    present.sort(key=lambda label: -shares[label])
    found = []
    for label in present:
        mask = upright == label
        found.append(
            {"label": bundle.labels[label], "confidence": round(float(sureness[mask].mean()), 6)}
            | {"box": _around(mask), "outline": view.outline(field(label), points_each(len(present)))}
            | {"mask": encoded(mask)}
        )
    return affordable(sorted(found, key=lambda each: -each["confidence"]))


def _around(mask: NDArray[np.bool_]) -> dict[str, float]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    height, width = mask.shape
    return box(
        float(columns[0]) / width, float(rows[0]) / height, float(columns[-1] + 1) / width, float(rows[-1] + 1) / height
    )
