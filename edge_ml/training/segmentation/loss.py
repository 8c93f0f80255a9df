"""The loss: cross entropy per pixel, and the overlap missed."""

import torch
from torch.nn import functional as F

from edge_ml.training.segmentation.scenes.scenes import IGNORED


def segmentation_loss(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return the mean cross entropy of known pixels, plus the soft Jaccard distance of scenes with an animal.

    `logits` is [N, 2, H, W], `truth` int64 [N, H, W].
    """
    cross_entropy = F.cross_entropy(logits, truth, ignore_index=IGNORED)
    known, animal = (truth != IGNORED).float(), (truth == 1).float()
    predicted = logits.softmax(1)[:, 1] * known
    intersection = (predicted * animal).sum((1, 2))
    union = (predicted + animal).sum((1, 2)) - intersection
    with_animal = animal.sum((1, 2)) > 0
    distances = 1 - intersection[with_animal] / union[with_animal]
    return cross_entropy + (distances.mean() if len(distances) else 0.0)
