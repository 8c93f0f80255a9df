"""What training makes small: surprise at pixels, and overlap missed."""

import torch
from torch.nn import functional as F

from edge_ml.training.segmentation.scenes.scenes import IGNORED


def loss_of(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Mean cross entropy of known pixels, plus the soft Jaccard distance of scenes that hold an animal."""
    surprise = F.cross_entropy(logits, truth, ignore_index=IGNORED)
    known, animal = (truth != IGNORED).float(), (truth == 1).float()
    said = logits.softmax(1)[:, 1] * known
    both = (said * animal).sum((1, 2))
    union = (said + animal).sum((1, 2)) - both
    holds = animal.sum((1, 2)) > 0
    missed = 1 - both[holds] / union[holds]
    return surprise + (missed.mean() if len(missed) else 0.0)
