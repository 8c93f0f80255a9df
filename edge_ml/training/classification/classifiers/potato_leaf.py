"""The classifier `potato-leaf`: early blight, late blight or healthy, in the laboratory or the field, or no leaf."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from edge_ml.training.classification.augmentation.batches import normalize
from edge_ml.training.classification.augmentation.views import whole_photos
from edge_ml.training.classification.recipe import Recipe
from edge_ml.training.classification.task import TEACHER, Task
from edge_ml.training.data.imagenet_sample import imagenet_sample
from edge_ml.training.data.photographs import Photo, photo_files
from edge_ml.training.data.similar_photos import group_similar
from edge_ml.training.data.splits import split_names
from edge_ml.training.mobilenet_v2 import MobileNetV2

LABELS = ("early_blight", "late_blight", "healthy", "not_a_leaf")
EARLY_BLIGHT, LATE_BLIGHT, HEALTHY, NOT_A_LEAF = range(4)
PLANTS = (*range(936, 949), 738, 984, 985, 988, 990)
"""Cabbages, cucumbers, flowers and pods: the teacher's classes closest to leaves."""

RECIPE = Recipe(epochs=5, size=192, small_share=0.6, turns=True, min_crop=0.4, teacher_weight=0)
FEATURES_SIZE = 160


class Leaves(NamedTuple):
    """A folder of leaves. Field photographs are few: each is shown more often, and a larger share is held out."""

    folder: str
    label: int
    origin: str
    times: float
    certainty: float = 1.0
    test: float = 0.25
    validation: float = 0.1


FOLDERS = (
    Leaves("potato-leaf/early_blight", EARLY_BLIGHT, "lab", 1.0, test=0.2),
    Leaves("potato-leaf/late_blight", LATE_BLIGHT, "lab", 1.0, test=0.2),
    Leaves("potato-leaf/healthy", HEALTHY, "lab", 4.0, test=0.3),
    Leaves("potato-field/java_healthy", HEALTHY, "java", 4.0),
    Leaves("potato-field/java_phytophthora", LATE_BLIGHT, "java", 3.0),
    Leaves("potato-field/ethiopia_healthy", HEALTHY, "ethiopia", 2.0),
    Leaves("potato-field/ethiopia_late_blight", LATE_BLIGHT, "ethiopia", 5.0),
    # The set calls these "fungi", mostly but not always early blight: an uncertain label, reported apart.
    Leaves("potato-field/java_fungi", EARLY_BLIGHT, "java_fungi", 1.0, certainty=0.8, validation=0.0),
)


def task(data: Path) -> Task:
    """Return the task with the leaves of ../shared/data and other objects; shots of one leaf share a split."""
    teacher = MobileNetV2.from_onnx(data / TEACHER)
    leaves = [photo for folder in FOLDERS for photo in _leaves(folder, data, teacher)]
    return Task(
        name="potato-leaf",
        version="1.0.0",
        labels=LABELS,
        classes=[PLANTS, PLANTS, PLANTS, range(1000)],
        photos=[*leaves, *_others(data)],
        headline=frozenset({"lab", "imagenet"}),
        recipe=RECIPE,
    )


def _leaves(folder: Leaves, data: Path, teacher: MobileNetV2) -> Iterator[Photo]:
    paths = photo_files(data / folder.folder)
    names = [paths[first].stem for first in group_similar(_features(teacher, paths))]
    splits = split_names(names, folder.test, folder.validation)
    for path, name in zip(paths, names, strict=True):
        yield Photo(path, folder.label, folder.origin, splits[name], folder.times, folder.certainty)


def _others(data: Path) -> Iterator[Photo]:
    paths = [path for path, _ in imagenet_sample(data)]
    splits = split_names(path.stem for path in paths)
    for path in paths:
        yield Photo(path, NOT_A_LEAF, "imagenet", splits[path.stem], times=0.4)


def _features(teacher: MobileNetV2, paths: Sequence[Path]) -> NDArray[np.float32]:
    """Return the teacher's features of the whole photographs, (N, 1280) float32."""
    with torch.inference_mode():
        batches = [whole_photos(paths[first : first + 32], FEATURES_SIZE) for first in range(0, len(paths), 32)]
        return np.concatenate([teacher.features(normalize(batch)).numpy() for batch in batches])
