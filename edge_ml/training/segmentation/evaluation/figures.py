"""The figures of the bundle on photographs that were not trained on: the `metrics` of model.json."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

import numpy as np

from edge_ml.training.data.photographs import photo_files
from edge_ml.training.segmentation.evaluation.deployed import Deployed
from edge_ml.training.segmentation.metrics import Mask, boundary_f1, calibration_error, iou
from edge_ml.training.segmentation.scenes.pairs import ANIMAL, UNKNOWN, Pair, horse_files, horse_pair
from edge_ml.training.segmentation.scenes.teachers import Teachers

MIN_SHARE = 0.0005
"""The share of the picture below which a region is no detection (edge_ml.inference.decoders.semantic_segmentation)."""

LARGE_SHARE = 0.05
"""The share of the picture of the smallest animals in training."""

EMPTY = ("potato-field/java_healthy", "potato-field/ethiopia_healthy")


class HorseFigures(TypedDict):
    """Overlap and outline per photograph, and calibration over all their pixels."""

    n: int
    mean_iou: float
    iou_quartiles: list[float]
    boundary_f1: float
    calibration_error: float


class PetFigures(TypedDict):
    """Overlap with the masks that both teachers agree on."""

    n: int
    mean_iou_with_teachers: float


class FalseAlarms(TypedDict):
    """The number of photographs without an animal in which the model sees any, and a large one."""

    n: int
    any: int
    large: int


def figures(model: Deployed, data: Path) -> dict[str, object]:
    """Return the figures of horses, pets and photographs without animals."""
    return {
        "split": "test",
        **horse_figures(model, horse_files(data, "test")),
        "pets": pet_figures(model, data),
        "false_alarms": {folder: false_alarms(model, photo_files(data / folder)) for folder in EMPTY},
    }


def horse_figures(model: Deployed, photos: Sequence[Path]) -> HorseFigures:
    """Return the figures of horses, whose masks were drawn by hand."""
    leads, truths = [model.lead(photo) for photo in photos], [animal_mask(horse_pair(photo)) for photo in photos]
    pairs = list(zip(leads, truths, strict=True))
    overlaps = [iou(lead > 0, truth) for lead, truth in pairs]
    probabilities = np.concatenate([1 / (1 + np.exp(-lead.ravel())) for lead in leads])
    error = calibration_error(probabilities, np.concatenate([truth.ravel() for truth in truths]))
    return {
        "n": len(photos),
        "mean_iou": round(float(np.mean(overlaps)), 4),
        "iou_quartiles": [round(float(quartile), 4) for quartile in np.percentile(overlaps, range(0, 101, 25))],
        "boundary_f1": round(float(np.mean([boundary_f1(lead > 0, truth) for lead, truth in pairs])), 4),
        "calibration_error": round(error, 4),
    }


def pet_figures(model: Deployed, data: Path) -> PetFigures:
    """Return the overlap with the teachers' masks: these photographs have none drawn by hand."""
    pairs = list(Teachers(data).pets("test"))
    overlaps = [iou(model.mask(path) & known_mask(pair), animal_mask(pair)) for path, pair in pairs]
    return {"n": len(pairs), "mean_iou_with_teachers": round(float(np.mean(overlaps)), 4)}


def false_alarms(model: Deployed, photos: Iterable[Path]) -> FalseAlarms:
    """Count the photographs, all without an animal, in which the model sees one."""
    shares = np.array([model.mask(photo).mean() for photo in photos])
    return {"n": len(shares), "any": int((shares >= MIN_SHARE).sum()), "large": int((shares >= LARGE_SHARE).sum())}


def animal_mask(pair: Pair) -> Mask:
    """Return the pixels of the animal, (H, W) bool."""
    return np.asarray(np.asarray(pair.mask) == ANIMAL)


def known_mask(pair: Pair) -> Mask:
    """Return the pixels that are not unknown, (H, W) bool."""
    return np.asarray(np.asarray(pair.mask) != UNKNOWN)
