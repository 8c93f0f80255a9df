"""Labeled photographs: file, label, origin, and split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}


class DataError(ValueError):
    """The data folder does not hold what the training needs."""


@dataclass(frozen=True)
class Photo:
    """One file; `label` is an index into the labels, `origin` the set of photographs it belongs to.

    `times` is the average number of its views in an epoch, `certainty` the share of the target that its label gets.
    """

    path: Path
    label: int
    origin: str
    split: str
    times: float = 1.0
    certainty: float = 1.0


def photo_files(folder: Path) -> list[Path]:
    """Return the photographs directly inside `folder`, sorted by name; raises DataError where there are none."""
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise DataError(f"{folder} holds no photographs")
    return paths


def in_split(photos: Iterable[Photo], split: str) -> list[Photo]:
    """Return the photographs of one split: "train", "validation" or "test"."""
    return [photo for photo in photos if photo.split == split]


def true_labels(photos: Sequence[Photo]) -> NDArray[np.int64]:
    """Return the label indices, (N,) int64."""
    return np.array([photo.label for photo in photos], np.int64)
