"""Batches of random views as tensors, with their target probabilities."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from edge_ml.training.classification.augmentation.views import Pixels, random_view, upright
from edge_ml.training.classification.recipe import Recipe
from edge_ml.training.data.photographs import Photo

SMOOTHING = 0.05
MIXUP_SHARE, MIXUP_ALPHA = 0.4, 0.4


def epoch_batches(
    photos: Sequence[Photo], recipe: Recipe, size: int, random: np.random.Generator
) -> Iterator[tuple[Pixels, NDArray[np.int64]]]:
    """Yield the whole batches of one epoch: views, (N, size, size, 3) uint8, and the indices of their photographs."""
    order = epoch_order(photos, random)
    for first in range(0, len(order) - recipe.batch + 1, recipe.batch):
        indices = order[first : first + recipe.batch]
        yield np.stack([_view(photos[index], recipe, size, random) for index in indices]), indices


def epoch_order(photos: Sequence[Photo], random: np.random.Generator) -> NDArray[np.int64]:
    """Return the shuffled indices of one epoch; each photograph appears `times` times on average."""
    times = np.floor([photo.times + random.random() for photo in photos]).astype(int)
    return random.permutation(np.repeat(np.arange(len(photos)), times))


def normalize(pixels: Pixels) -> torch.Tensor:
    """Convert (N, S, S, 3) uint8, 0–255, to float32 [N, 3, S, S] in −1..1, channels last in memory."""
    return torch.from_numpy(pixels).float().div_(127.5).sub_(1).permute(0, 3, 1, 2)


def label_targets(photos: Sequence[Photo], labels: int) -> torch.Tensor:
    """Return smoothed target probabilities [N, labels]; the uncertainty of a label is spread over the others."""
    table = torch.zeros(len(photos), labels)
    for row, photo in zip(table, photos, strict=True):
        row += (1 - photo.certainty) / (labels - 1)
        row[photo.label] = photo.certainty
    return table * (1 - SMOOTHING) + SMOOTHING / labels


def mixup(images: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the batch mixed with its own reverse (arXiv 1710.09412), or with probability 0.6 the batch itself."""
    if float(torch.rand(())) > MIXUP_SHARE:
        return images, targets
    share = float(torch.distributions.Beta(MIXUP_ALPHA, MIXUP_ALPHA).sample())
    return torch.lerp(images.flip(0), images, share), torch.lerp(targets.flip(0), targets, share)


def _view(photo: Photo, recipe: Recipe, size: int, random: np.random.Generator) -> Pixels:
    with Image.open(photo.path) as image:
        return random_view(upright(image), size, recipe.min_crop, recipe.turns, random)
