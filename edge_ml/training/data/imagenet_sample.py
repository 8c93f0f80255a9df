"""The ImageNet sample: one photograph per class."""

import csv
from collections.abc import Iterator
from pathlib import Path

from edge_ml.training.data.photographs import DataError

BIRDS = (*range(7, 25), *range(80, 101), *range(127, 147))
"""The indices of ImageNet's classes of birds."""


def imagenet_sample(data: Path) -> Iterator[tuple[Path, int]]:
    """Yield each photograph with the index of its class, 0–999; raises DataError."""
    table = data / "imagenet-sample" / "labels.csv"
    if not table.is_file():
        raise DataError(f"{table} is not there")
    with table.open(newline="") as lines:
        for row in csv.DictReader(lines):
            yield table.with_name(row["file"]), int(row["index"])
