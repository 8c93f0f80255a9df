"""The classifier `animals`: cat, dog, horse, bird or other."""

from collections.abc import Iterator
from pathlib import Path

from edge_ml.training.classification.recipe import Recipe
from edge_ml.training.classification.task import Task
from edge_ml.training.data.imagenet_sample import sample
from edge_ml.training.data.photographs import Photo, files
from edge_ml.training.data.splits import split_names

LABELS = ("cat", "dog", "horse", "bird", "other")
CAT, DOG, HORSE, BIRD, OTHER = range(5)
CATS, DOGS, SORREL = range(281, 286), range(151, 269), 339
BIRDS = (*range(7, 25), *range(80, 101), *range(127, 147))
TIMES = (1.0, 1.0, 1.5, 6.0, 2.0)
TEST_SHARES = {BIRD: 0.25}
"""Of 59 birds, 12 % would be too few to judge by."""

Named = tuple[str, Path, str]


def task(data: Path) -> Task:
    """The photographs of ../shared/data that show animals, and those that show none."""
    named: list[list[Named]] = [[] for _ in LABELS]
    for label, found in _found(data):
        named[label].append(found)
    return Task(
        name="animals",
        version="2.0.0",
        labels=LABELS,
        classes=[[index for index in range(1000) if label_of(index) == label] for label in range(len(LABELS))],
        photos=[photo for label, of_label in enumerate(named) for photo in _split(label, of_label)],
        headline=frozenset({"asirra", "weizmann", "imagenet"}),
        recipe=Recipe(epochs=7),
    )


def label_of(index: int) -> int:
    """The label of an ImageNet class: wolves, wild cats and zebras are other."""
    if index in DOGS:
        return DOG
    if index in CATS:
        return CAT
    if index in BIRDS:
        return BIRD
    return HORSE if index == SORREL else OTHER


def _found(data: Path) -> Iterator[tuple[int, Named]]:
    for label, folder in ((CAT, "animals/cat"), (DOG, "animals/dog")):
        for path in files(data / folder):
            yield label, (f"asirra-{path.stem}", path, "asirra")
    for path in files(data / "horses" / "photo"):
        yield HORSE, (f"weizmann-{path.stem}", path, "weizmann")
    for path, index in sample(data):
        yield label_of(index), (f"imagenet-{path.stem}", path, "imagenet")


def _split(label: int, named: list[Named]) -> Iterator[Photo]:
    splits = split_names((name for name, _, _ in named), test=TEST_SHARES.get(label, 0.12))
    for name, path, origin in named:
        yield Photo(path, label, origin, splits[name], times=TIMES[label])
