"""The classifier `animals`: cat, dog, horse, bird or other."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from edge_ml.training.classification.recipe import Recipe
from edge_ml.training.classification.task import Task
from edge_ml.training.data.imagenet_sample import BIRDS, imagenet_sample
from edge_ml.training.data.photographs import Photo, photo_files
from edge_ml.training.data.splits import split_names

LABELS = ("cat", "dog", "horse", "bird", "other")
CAT, DOG, HORSE, BIRD, OTHER = range(5)
CATS, DOGS, SORREL = range(281, 286), range(151, 269), 339
TIMES = (1.0, 1.0, 1.5, 6.0, 2.0)
TEST_SHARES = {BIRD: 0.25}
"""Of 59 birds, the usual 12 % would be too few for a test."""


class NamedPhoto(NamedTuple):
    """A photograph with the name that decides its split."""

    name: str
    path: Path
    origin: str


def task(data: Path) -> Task:
    """Return the task with the photographs of ../shared/data that show animals, and those that show none."""
    by_label: list[list[NamedPhoto]] = [[] for _ in LABELS]
    for label, photo in _photos(data):
        by_label[label].append(photo)
    return Task(
        name="animals",
        version="2.0.0",
        labels=LABELS,
        classes=[[index for index in range(1000) if label_of(index) == label] for label in range(len(LABELS))],
        photos=[photo for label, of_label in enumerate(by_label) for photo in _split(label, of_label)],
        headline=frozenset({"asirra", "weizmann", "imagenet"}),
        recipe=Recipe(epochs=7),
    )


def label_of(index: int) -> int:
    """Return the label of an ImageNet class: wolves, wild cats and zebras are other."""
    if index in DOGS:
        return DOG
    if index in CATS:
        return CAT
    if index in BIRDS:
        return BIRD
    return HORSE if index == SORREL else OTHER


def _photos(data: Path) -> Iterator[tuple[int, NamedPhoto]]:
    for label, folder in ((CAT, "animals/cat"), (DOG, "animals/dog")):
        for path in photo_files(data / folder):
            yield label, NamedPhoto(f"asirra-{path.stem}", path, "asirra")
    for path in photo_files(data / "horses" / "photo"):
        yield HORSE, NamedPhoto(f"weizmann-{path.stem}", path, "weizmann")
    for path, index in imagenet_sample(data):
        yield label_of(index), NamedPhoto(f"imagenet-{path.stem}", path, "imagenet")


def _split(label: int, photos: list[NamedPhoto]) -> Iterator[Photo]:
    splits = split_names((photo.name for photo in photos), test=TEST_SHARES.get(label, 0.12))
    for photo in photos:
        yield Photo(photo.path, label, photo.origin, splits[photo.name], times=TIMES[label])
