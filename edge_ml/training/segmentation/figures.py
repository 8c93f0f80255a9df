"""The figures of the bundle on photographs that were not trained on."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edge_ml.training.data.photographs import files
from edge_ml.training.segmentation.deployed import Deployed
from edge_ml.training.segmentation.metrics import Mask, boundary_f1, calibration_error, iou
from edge_ml.training.segmentation.scenes.pairs import ANIMAL, UNKNOWN, Pair, horse, horse_files
from edge_ml.training.segmentation.scenes.teachers import Teachers

SPECK = 0.0005
"""Of the picture: a smaller region is not answered (edge_ml.inference.decoders.semantic_segmentation)."""

LARGE = 0.05
"""Of the picture: as large as the smallest animals trained on."""

EMPTY = ("potato-field/java_healthy", "potato-field/ethiopia_healthy")


def figures(model: Deployed, data: Path) -> dict[str, Any]:
    """The `metrics` of model.json."""
    return {
        "split": "test",
        **of_horses(model, horse_files(data, "test")),
        "pets": of_pets(model, data),
        "false_alarms": {folder: false_alarms(model, files(data / folder)) for folder in EMPTY},
    }


def of_horses(model: Deployed, photos: Sequence[Path]) -> dict[str, Any]:
    """Overlap and outline photograph by photograph, calibration over all their pixels."""
    leads, truths = [model.lead(photo) for photo in photos], [truth(horse(photo)) for photo in photos]
    pairs = list(zip(leads, truths, strict=True))
    overlaps = [iou(lead > 0, drawn) for lead, drawn in pairs]
    sure = np.concatenate([1 / (1 + np.exp(-lead.ravel())) for lead in leads])
    return {
        "n": len(photos),
        "mean_iou": round(float(np.mean(overlaps)), 4),
        "iou_quartiles": [round(float(part), 4) for part in np.percentile(overlaps, range(0, 101, 25))],
        "boundary_f1": round(float(np.mean([boundary_f1(lead > 0, drawn) for lead, drawn in pairs])), 4),
        "calibration_error": round(calibration_error(sure, np.concatenate([drawn.ravel() for drawn in truths])), 4),
    }


def of_pets(model: Deployed, data: Path) -> dict[str, Any]:
    """Overlap with what both teachers agree on: nobody drew these masks."""
    kept = [(path, pair) for path, pair in Teachers(data).pets("test")]
    overlaps = [iou(model.mask(path) & known(pair), truth(pair)) for path, pair in kept]
    return {"n": len(kept), "mean_iou_with_teachers": round(float(np.mean(overlaps)), 4)}


def false_alarms(model: Deployed, photos: Iterable[Path]) -> dict[str, Any]:
    """In how many photographs without an animal it sees one, and a large one."""
    shares = np.array([model.mask(photo).mean() for photo in photos])
    return {"n": len(shares), "any": int((shares >= SPECK).sum()), "large": int((shares >= LARGE).sum())}


def truth(pair: Pair) -> Mask:
    """Where the mask says animal."""
    return np.asarray(np.asarray(pair.mask) == ANIMAL)


def known(pair: Pair) -> Mask:
    """Where the mask says anything."""
    return np.asarray(np.asarray(pair.mask) != UNKNOWN)
