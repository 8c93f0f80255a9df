"""Labelled photographs: which file, what it shows, where it comes from and what it may be used for."""

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

    `times` is how often an epoch shows it on average, `sure` how much of the target its label gets.
    """

    path: Path
    label: int
    origin: str
    split: str
    times: float = 1.0
    sure: float = 1.0


def files(folder: Path) -> list[Path]:
    """Photographs directly inside `folder`, sorted by name; raises DataError where there are none."""
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        raise DataError(f"{folder} holds no photographs")
    return found


def of_split(photos: Iterable[Photo], split: str) -> list[Photo]:
    """Those of "train", "validation" or "test"."""
    return [photo for photo in photos if photo.split == split]


def truths(photos: Sequence[Photo]) -> NDArray[np.int64]:
    """Label indices [photographs]."""
    return np.array([photo.label for photo in photos], np.int64)
