"""Pairs of a photograph and a mask of the animals on it, and their splits."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from edge_ml.training.data.photographs import DataError, photo_files
from edge_ml.training.data.splits import split_names

ANIMAL, UNKNOWN, BACKGROUND = 255, 128, 0
"""The values of a mask; unknown pixels are used neither in training nor in evaluation."""

MAX_SIDE = 400
"""The longer side of a photograph as kept: no scene shows it at more than 1.3 times that."""


class Pair(NamedTuple):
    """A photograph, and its mask of mode L and the same size."""

    photo: Image.Image
    mask: Image.Image

    def mirrored(self) -> "Pair":
        """Return the pair with left and right exchanged."""
        return Pair(*(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for image in self))

    def shrunk(self) -> "Pair":
        """Return the pair with no side longer than `MAX_SIDE`."""
        scale = MAX_SIDE / max(self.photo.size)
        if scale >= 1:
            return self
        size = (round(self.photo.width * scale), round(self.photo.height * scale))
        return Pair(
            self.photo.resize(size, Image.Resampling.BILINEAR), self.mask.resize(size, Image.Resampling.NEAREST)
        )


def open_rgb(path: Path) -> Image.Image:
    """Return the photograph at `path` in RGB."""
    with Image.open(path) as image:
        return image.convert("RGB")


def horse_files(data: Path, split: str) -> list[Path]:
    """Return the horse photographs of one split: "train", "validation" or "test"."""
    return paths_in_split(photo_files(data / "horses" / "photo"), split)


def paths_in_split(paths: Iterable[Path], split: str) -> list[Path]:
    """Return the paths that belong to the split, by the order of their names' SHA-256."""
    paths = list(paths)
    splits = split_names([path.stem for path in paths])
    return [path for path in paths if splits[path.stem] == split]


def horse_pair(path: Path) -> Pair:
    """Return the photograph with its mask from the neighboring folder; raises DataError."""
    mask = path.parents[1] / "mask" / f"{path.stem}.png"
    if not mask.is_file():
        raise DataError(f"{mask} is not there")
    with Image.open(mask) as image:
        binary = image.convert("L").point(lambda value: ANIMAL if value > 127 else BACKGROUND)
        return Pair(open_rgb(path), binary)
