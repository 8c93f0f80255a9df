"""Photographs with a mask of the animals in them, and which of them are held out."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from edge_ml.training.data.photographs import DataError, files
from edge_ml.training.data.splits import split_names

ANIMAL, UNKNOWN, BACKGROUND = 255, 128, 0
"""The values of a mask; what is unknown is neither learnt nor judged."""

LONGEST = 400
"""Photographs are kept this small: no scene shows them larger than 1.3 times that."""


class Pair(NamedTuple):
    """A photograph, and the mask [L] of the same size."""

    photo: Image.Image
    mask: Image.Image

    def mirrored(self) -> "Pair":
        """Left and right exchanged."""
        return Pair(*(side.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for side in self))

    def shrunk(self) -> "Pair":
        """The same, no longer than `LONGEST`."""
        scale = LONGEST / max(self.photo.size)
        if scale >= 1:
            return self
        size = (round(self.photo.width * scale), round(self.photo.height * scale))
        return Pair(
            self.photo.resize(size, Image.Resampling.BILINEAR), self.mask.resize(size, Image.Resampling.NEAREST)
        )


def colours(path: Path) -> Image.Image:
    """The photograph at `path` as RGB."""
    with Image.open(path) as opened:
        return opened.convert("RGB")


def horse_files(data: Path, split: str) -> list[Path]:
    """The horse photographs of one split: "train", "validation" or "test"."""
    return of_split(files(data / "horses" / "photo"), split)


def of_split(paths: Iterable[Path], split: str) -> list[Path]:
    """Those of the paths that belong to the split, by the order of their names' SHA-256."""
    paths = list(paths)
    splits = split_names([path.stem for path in paths])
    return [path for path in paths if splits[path.stem] == split]


def horse(path: Path) -> Pair:
    """The photograph and, from the folder beside its own, its mask."""
    drawn = path.parents[1] / "mask" / f"{path.stem}.png"
    if not drawn.is_file():
        raise DataError(f"{drawn} is not there")
    with Image.open(drawn) as opened:
        return Pair(colours(path), opened.convert("L").point(lambda value: ANIMAL if value > 127 else BACKGROUND))
