"""Batches as tensors, and mixtures of the images in them."""

import torch

from edge_ml.training.photos import Pixels
from edge_ml.training.teacher import MEAN, STD

MIX_SHARE = 0.2
PASTE_SHARE = 0.2


def normalised(pixels: Pixels) -> torch.Tensor:
    """uint8 [N, S, S, 3] to float32 [N, 3, S, S] in channels-last memory, by ImageNet mean and deviation."""
    # Vectors as long as a row make these two passes several times faster than broadcasting over three.
    count, size = len(pixels), pixels.shape[1]
    scale, shift = (torch.from_numpy(part).repeat(size * size) for part in (1 / STD, -MEAN / STD))
    rows = torch.from_numpy(pixels).view(count, -1).float().mul_(scale).add_(shift)
    return rows.view(count, size, size, 3).permute(0, 3, 1, 2)


def mixed(images: torch.Tensor, targets: list[torch.Tensor]) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Mixup (arXiv 1710.09412) or CutMix (arXiv 1905.04899) of the batch with its own reverse, or neither."""
    draw = float(torch.rand(()))
    if draw < MIX_SHARE:
        share = float(torch.distributions.Beta(0.5, 0.5).sample())
        images = torch.lerp(images.flip(0), images, share)
    elif draw < MIX_SHARE + PASTE_SHARE:
        images, share = pasted(images)
    else:
        return images, targets
    return images, [torch.lerp(target.flip(0), target, share) for target in targets]


def pasted(images: torch.Tensor) -> tuple[torch.Tensor, float]:
    """A random rectangle of each image taken from its partner, and the share of itself that is left."""
    size = images.shape[2]
    side = round(size * float(torch.empty(()).uniform_(0.2, 0.7)))
    top, left = (int(torch.randint(size - side + 1, ())) for _ in range(2))
    images, partners = images.clone(), images.flip(0)
    rows, columns = slice(top, top + side), slice(left, left + side)
    images[:, :, rows, columns] = partners[:, :, rows, columns]
    return images, 1 - (side / size) ** 2
