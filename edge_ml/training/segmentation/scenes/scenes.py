"""Training scenes: varied photographs, and horses cut out and pasted onto other backgrounds."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from edge_ml.pictures.size import Size
from edge_ml.training.segmentation.scenes.color_jitter import jitter_colors
from edge_ml.training.segmentation.scenes.pairs import ANIMAL, UNKNOWN, Pair, horse_files, horse_pair
from edge_ml.training.segmentation.scenes.placement import Placement, place
from edge_ml.training.segmentation.scenes.teachers import Teachers

IGNORED = -1
SHARES = (0.47, 0.2, 0.1, 0.1, 0.13)
"""The shares of horses as photographed, pasted horses, mammals, pets and backgrounds."""

_PASTED = 1


class Batch(NamedTuple):
    """float32 [N, 3, H, W] in 0–255, and int64 [N, H, W]: 1 animal, 0 background, `IGNORED`."""

    images: torch.Tensor
    truth: torch.Tensor


@dataclass(frozen=True)
class Stock:
    """The photographs that scenes are made from."""

    horses: list[Pair]
    mammals: list[Pair]
    pets: list[Pair]
    backgrounds: list[Pair]

    @classmethod
    def of(cls, data: Path) -> Self:
        """Return the photographs to train on; the teachers make the masks that nobody drew."""
        teachers = Teachers(data)
        return cls(
            [horse_pair(path).shrunk() for path in horse_files(data, "train")],
            [pair.shrunk() for _, pair in teachers.mammals()],
            [pair.shrunk() for _, pair in teachers.pets("train")],
            [pair.shrunk() for pair in teachers.backgrounds()],
        )

    def __str__(self) -> str:
        counts = (f"{len(pairs)} {name}" for name, pairs in vars(self).items())
        return ", ".join(counts)

    def batch(self, count: int, scene: Size, random: np.random.Generator) -> Batch:
        """Return that many random scenes of that (width, height)."""
        kinds = random.choice(len(SHARES), size=count, p=SHARES)
        return _stack([self._scene(int(kind), scene, random) for kind in kinds])

    def _scene(self, kind: int, scene: Size, random: np.random.Generator) -> Pair:
        sources = (self.horses, self.horses, self.mammals, self.pets, self.backgrounds)
        pair = _random_pair(sources[kind], scene, random)
        if kind == _PASTED:
            pair = _paste(pair, self._backdrop(scene, random))
        return Pair(jitter_colors(pair.photo, random), pair.mask)

    def _backdrop(self, scene: Size, random: np.random.Generator) -> Image.Image:
        pair = self.backgrounds[random.integers(len(self.backgrounds))]
        placement = Placement.random(pair.photo.size, scene, random).covering(scene)
        return jitter_colors(place(pair, placement, scene).photo, random)


def _random_pair(pairs: list[Pair], scene: Size, random: np.random.Generator) -> Pair:
    pair = pairs[random.integers(len(pairs))]
    pair = pair.mirrored() if random.random() < 0.5 else pair
    return place(pair, Placement.random(pair.photo.size, scene, random), scene)


def _paste(pair: Pair, backdrop: Image.Image) -> Pair:
    """Paste the animal onto the backdrop, one pixel smaller and softened, so that its old background does not show."""
    edge = pair.mask.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.GaussianBlur(0.8))
    return Pair(Image.composite(pair.photo, backdrop, edge), pair.mask)


def _stack(pairs: list[Pair]) -> Batch:
    pixels = np.stack([np.asarray(pair.photo) for pair in pairs])
    masks: NDArray[np.uint8] = np.stack([np.asarray(pair.mask) for pair in pairs])
    truth = np.where(masks == UNKNOWN, IGNORED, masks == ANIMAL)
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    return Batch(images, torch.from_numpy(truth.astype(np.int64)))
