"""Batches of fresh views as tensors, with the label probabilities that are wanted of them."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from edge_ml.training.classification.augmentation.views import Pixels, upright, view
from edge_ml.training.classification.recipe import Recipe
from edge_ml.training.data.photographs import Photo

SMOOTHING = 0.05
MIX_SHARE, MIX = 0.4, 0.4


def epoch(
    photos: Sequence[Photo], recipe: Recipe, size: int, chance: np.random.Generator
) -> Iterator[tuple[Pixels, NDArray[np.int64]]]:
    """Views of one epoch and the photographs they are of, in whole batches."""
    shown = order(photos, chance)
    for first in range(0, len(shown) - recipe.batch + 1, recipe.batch):
        part = shown[first : first + recipe.batch]
        yield np.stack([_seen(photos[n], recipe, size, chance) for n in part]), part


def order(photos: Sequence[Photo], chance: np.random.Generator) -> NDArray[np.int64]:
    """Indices of one epoch, each photograph as often as its `times` says on average, shuffled."""
    times = np.floor([photo.times + chance.random() for photo in photos]).astype(int)
    return chance.permutation(np.repeat(np.arange(len(photos)), times))


def normalised(pixels: Pixels) -> torch.Tensor:
    """uint8 [N, S, S, 3] to float32 [N, 3, S, S] in −1..1, channels last in memory."""
    return torch.from_numpy(pixels).float().div_(127.5).sub_(1).permute(0, 3, 1, 2)


def targets(photos: Sequence[Photo], count: int) -> torch.Tensor:
    """Label probabilities [photographs, labels], smoothed; what a label is not sure of is spread over the others."""
    table = torch.zeros(len(photos), count)
    for row, photo in zip(table, photos, strict=True):
        row += (1 - photo.sure) / (count - 1)
        row[photo.label] = photo.sure
    return table * (1 - SMOOTHING) + SMOOTHING / count


def mixed(images: torch.Tensor, wanted: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mixup (arXiv 1710.09412) of the batch with its own reverse, or the batch as it is."""
    if float(torch.rand(())) > MIX_SHARE:
        return images, wanted
    share = float(torch.distributions.Beta(MIX, MIX).sample())
    return torch.lerp(images.flip(0), images, share), torch.lerp(wanted.flip(0), wanted, share)


def _seen(photo: Photo, recipe: Recipe, size: int, chance: np.random.Generator) -> Pixels:
    with Image.open(photo.path) as opened:
        return view(upright(opened), size, recipe.least, recipe.turns, chance)
