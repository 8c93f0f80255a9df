"""Scenes to learn from: photographs varied, and horses cut out and set before other backgrounds."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from edge_ml.training.segmentation.scenes.coloring import coloured
from edge_ml.training.segmentation.scenes.pairs import ANIMAL, UNKNOWN, Pair, horse, horse_files
from edge_ml.training.segmentation.scenes.placement import Place, Size, placed
from edge_ml.training.segmentation.scenes.teachers import Teachers

IGNORED = -1
SHARES = (0.47, 0.2, 0.1, 0.1, 0.13)
"""Of horses as photographed, pasted horses, mammals, pets and backgrounds."""


class Batch(NamedTuple):
    """float32 [N, 3, H, W] in 0–255, and int64 [N, H, W]: 1 animal, 0 background, `IGNORED`."""

    images: torch.Tensor
    truth: torch.Tensor


@dataclass(frozen=True)
class Stock:
    """All that scenes are made from."""

    horses: list[Pair]
    mammals: list[Pair]
    pets: list[Pair]
    backgrounds: list[Pair]

    @classmethod
    def of(cls, data: Path) -> Self:
        """The photographs to train on; the teachers look at those without masks."""
        teachers = Teachers(data)
        return cls(
            [horse(path).shrunk() for path in horse_files(data, "train")],
            [pair.shrunk() for _, pair in teachers.mammals()],
            [pair.shrunk() for _, pair in teachers.pets("train")],
            [pair.shrunk() for pair in teachers.backgrounds()],
        )

    def __str__(self) -> str:
        counts = (f"{len(pairs)} {name}" for name, pairs in vars(self).items())
        return ", ".join(counts)

    def batch(self, count: int, scene: Size, chance: np.random.Generator) -> Batch:
        """So many random scenes of that (width, height)."""
        kinds = chance.choice(len(SHARES), size=count, p=SHARES)
        return _stacked([self._scene(int(kind), scene, chance) for kind in kinds])

    def _scene(self, kind: int, scene: Size, chance: np.random.Generator) -> Pair:
        sources = (self.horses, self.horses, self.mammals, self.pets, self.backgrounds)
        pair = _drawn(sources[kind], scene, chance)
        if kind == 1:
            pair = _pasted(pair, self._backdrop(scene, chance))
        return Pair(coloured(pair.photo, chance), pair.mask)

    def _backdrop(self, scene: Size, chance: np.random.Generator) -> Image.Image:
        pair = self.backgrounds[chance.integers(len(self.backgrounds))]
        place = Place.drawn(pair.photo.size, scene, chance).covering(scene)
        return coloured(placed(pair, place, scene).photo, chance)


def _drawn(pairs: list[Pair], scene: Size, chance: np.random.Generator) -> Pair:
    pair = pairs[chance.integers(len(pairs))]
    pair = pair.mirrored() if chance.random() < 0.5 else pair
    return placed(pair, Place.drawn(pair.photo.size, scene, chance), scene)


def _pasted(pair: Pair, backdrop: Image.Image) -> Pair:
    """The animal before the backdrop; a pixel less of it, softened, so that no rim of its old one is seen."""
    edge = pair.mask.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.GaussianBlur(0.8))
    return Pair(Image.composite(pair.photo, backdrop, edge), pair.mask)


def _stacked(pairs: list[Pair]) -> Batch:
    pixels = np.stack([np.asarray(pair.photo) for pair in pairs])
    masks: NDArray[np.uint8] = np.stack([np.asarray(pair.mask) for pair in pairs])
    truth = np.where(masks == UNKNOWN, IGNORED, masks == ANIMAL)
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    return Batch(images, torch.from_numpy(truth.astype(np.int64)))
