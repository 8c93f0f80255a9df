"""Decoders for semantic segmentation: the region of each label."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.boxes.box import box
from edge_ml.inference.decoders.probabilities import checked_probabilities, sigmoid
from edge_ml.inference.masks.outline import ScoreMap, points_per_object
from edge_ml.inference.masks.run_length_encoding import drop_masks_over_budget, encode_mask
from edge_ml.inference.masks.upright_view import UprightView
from edge_ml.inference.session import Array, Shapes, model_failure
from edge_ml.pictures.size import Size

if TYPE_CHECKING:
    from edge_ml.protocol import Box, Detection

MIN_SHARE = 0.0005
"""The share of the picture's pixels below which a label is noise."""


class ClassScoresDecoder:
    """Decodes a score per label and pixel, (1, labels, H, W) or (1, H, W, labels)."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        count = len(bundle.labels)
        shape = (1, count, None, None) if bundle.input.layout == "NCHW" else (1, None, None, count)
        self.outputs: Shapes = {bundle.output.name: [shape]}

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the region of each label; its confidence is the mean probability of its pixels."""
        scores = outputs[0][0].astype(np.float32, copy=False)
        if self._bundle.input.layout == "NCHW":
            scores = np.moveaxis(scores, 0, -1)
        labels, best = scores.argmax(-1), scores.max(-1)
        confidences = np.zeros_like(best)
        objects = labels != self._bundle.output.background
        confidences[objects] = 1 / np.exp(scores[objects] - best[objects, None]).sum(-1)
        label_map = LabelMap(labels, confidences, lambda label: _lead(scores, labels, best, label))
        return _regions(self._bundle, source, label_map)


class ClassMapDecoder:
    """Decodes the index of a label per pixel, (1, H, W) with or without a channel."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        channels_first = bundle.input.layout == "NCHW"
        self._channel = 0 if channels_first else -1
        shape = (1, 1, None, None) if channels_first else (1, None, None, 1)
        self.outputs: Shapes = {bundle.output.name: [(1, None, None), shape]}

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the region of each label; such a model has no probabilities, so each confidence is 1.

        Raises ImageError where an index has no label.
        """
        labels = outputs[0][0].astype(np.intp)
        if labels.ndim == 3:
            labels = labels.squeeze(self._channel)
        if labels.min() < 0 or labels.max() >= len(self._bundle.labels):
            raise model_failure(f"its output has the label {labels.max()}; there are {len(self._bundle.labels)}.")
        confidences = np.ones(labels.shape, np.float32)
        label_map = LabelMap(labels, confidences, lambda label: np.where(labels == label, 1.0, -1.0))
        return _regions(self._bundle, source, label_map)


class MaskDecoder:
    """Decodes one score per pixel, (1, H, W) with or without a channel, for the only label or for one of two."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle
        self._threshold = bundle.output.threshold or 0.5
        shape = (1, 1, None, None) if bundle.input.layout == "NCHW" else (1, None, None, 1)
        self.outputs: Shapes = {bundle.output.name: [(1, None, None), shape]}

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the region of the label; its confidence is the mean probability of its pixels. Raises ImageError."""
        scores = outputs[0][0].astype(np.float32, copy=False)
        if scores.ndim == 3:
            scores = scores.squeeze(0 if self._bundle.input.layout == "NCHW" else -1)
        if self._bundle.output.decoding == "mask_logits":
            probabilities = sigmoid(scores / np.float32(self._bundle.output.temperature))
        else:
            probabilities = checked_probabilities(scores * np.float32(self._bundle.output.scale))
        background = self._bundle.output.background
        thing, nothing = (0, 1) if background is None else (1 - background, background)
        labels = np.where(probabilities >= self._threshold, thing, nothing).astype(np.intp)
        label_map = LabelMap(labels, probabilities.astype(np.float32), lambda _: probabilities - self._threshold)
        return _regions(self._bundle, source, label_map)


class LabelMap(NamedTuple):
    """The label of each pixel, (H, W) intp; its confidence, (H, W) float32, 0–1; and the score map of each label."""

    labels: NDArray[np.intp]
    confidences: NDArray[np.float32]
    score_map: Callable[[int], ScoreMap]


def _lead(scores: NDArray[np.float32], labels: NDArray[np.intp], best: NDArray[np.float32], label: int) -> ScoreMap:
    """Return the label's score minus the best score of the other labels, (H, W).

    `scores` is (H, W, labels), `labels` and `best` are its arg max and max, (H, W).
    """
    lead = scores[..., label] - best
    own = labels == label
    others = scores[own]
    others[:, label] = -np.inf
    lead[own] += best[own] - others.max(1, initial=-1e9)
    return lead


def _regions(bundle: ModelBundle, source: Size, label_map: LabelMap) -> "list[Detection]":
    """Return a detection per label that covers at least `MIN_SHARE` of the picture, the most confident first."""
    height, width = label_map.labels.shape
    view, no_label = UprightView(bundle.fit, source, (height, width)), len(bundle.labels)
    upright, confidences = view.resample(label_map.labels, no_label), view.resample(label_map.confidences, 0)
    shares = np.bincount(upright.ravel(), minlength=no_label + 1)[:no_label] / upright.size
    if bundle.output.background is not None:
        shares[bundle.output.background] = 0
    present = [int(label) for label in np.flatnonzero(shares >= MIN_SHARE)]
    present.sort(key=lambda label: -shares[label])
    detections: list[Detection] = []
    for label in present:
        mask = upright == label
        detections.append({
            "label": bundle.labels[label],
            "confidence": round(float(confidences[mask].mean()), 6),
            "box": _bounding_box(mask),
            "outline": view.outlines(label_map.score_map(label), points_per_object(len(present))),
            "mask": encode_mask(mask),
        })  # fmt: skip
    return drop_masks_over_budget(sorted(detections, key=lambda detection: -detection["confidence"]))


def _bounding_box(mask: NDArray[np.bool_]) -> "Box":
    """Return the box around the mask (H, W), which has at least one pixel."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    height, width = mask.shape
    return box(
        float(columns[0]) / width, float(rows[0]) / height, float(columns[-1] + 1) / width, float(rows[-1] + 1) / height
    )
