"""Fine-tuning: labels and the teacher's classes, every layer at its own rate, weights averaged."""

import copy
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from edge_ml.training.classification.augmentation.batches import epoch, mixed, normalised, targets
from edge_ml.training.classification.network import Classifier, layers
from edge_ml.training.classification.recipe import Recipe, rate_at
from edge_ml.training.data.photographs import Photo
from edge_ml.training.mobilenet_v2 import MobileNetV2

SOFTNESS = 2.0
DECAY = 0.99
PLAIN_FINISH = 0.85
STEEPEST = 5.0


class Trainer:
    """A network, its frozen teacher, and the running average of its weights, which is what is kept."""

    def __init__(self, network: Classifier, teacher: MobileNetV2, recipe: Recipe) -> None:
        self.network = network.to(memory_format=torch.channels_last).train()
        self.teacher = teacher.to(memory_format=torch.channels_last).eval()
        self.average: Classifier = copy.deepcopy(network).eval()
        self.optimiser, self.recipe = _optimiser(network, recipe), recipe

    def step(self, images: torch.Tensor, wanted: torch.Tensor, progress: float) -> float:
        """One update; returns the loss."""
        if progress < PLAIN_FINISH:
            images, wanted = mixed(images, wanted)
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * rate_at(progress)
        loss = self._loss(images, wanted)
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), STEEPEST)
        self.optimiser.step()
        self._average()
        return float(loss.detach())

    def _loss(self, images: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """Cross entropy on the labels plus T² · KL on the teacher's classes (arXiv 1503.02531)."""
        said, recalled = self.network.both(images)
        if not self.recipe.remember:
            return F.cross_entropy(said, wanted)
        with torch.no_grad():
            heard = (self.teacher.logits(images) / SOFTNESS).softmax(1)
        forgotten = F.kl_div((recalled / SOFTNESS).log_softmax(1), heard, reduction="batchmean")
        return F.cross_entropy(said, wanted) + self.recipe.remember * SOFTNESS**2 * forgotten

    def _average(self) -> None:
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.network.parameters(), strict=True):
                kept.lerp_(new, 1 - DECAY)


def fine_tune(trainer: Trainer, photos: Sequence[Photo], labels: int, check: Callable[[Classifier], str]) -> Classifier:
    """Train for all epochs, with a line on each; returns the averaged network."""
    epochs, wanted, started = trainer.recipe.epochs, targets(photos, labels), time.monotonic()
    steps = sum(photo.times for photo in photos) / trainer.recipe.batch
    for number in range(epochs):
        chance, size = np.random.default_rng([trainer.recipe.seed, number]), trainer.recipe.size_at(number / epochs)
        losses: list[float] = []
        for pixels, part in epoch(photos, trainer.recipe, size, chance):
            progress = (number + min(len(losses) / steps, 1)) / epochs
            losses.append(trainer.step(normalised(pixels), wanted[part], progress))
        left = (time.monotonic() - started) * (epochs / (number + 1) - 1) / 60
        said = f"loss {np.mean(losses):.3f}, validation {check(trainer.average)}, {left:.1f} min left"
        print(f"epoch {number + 1}/{epochs}: {said}", flush=True)
    return trainer.average


def _optimiser(network: Classifier, recipe: Recipe) -> torch.optim.Optimizer:
    *body, heads = layers(network)
    rates = [recipe.body_rate * recipe.slower**depth for depth in reversed(range(len(body)))] + [recipe.rate]
    groups = [{"params": part, "peak": rate} for part, rate in zip([*body, heads], rates, strict=True)]
    return torch.optim.AdamW(groups, recipe.rate, weight_decay=0.02)
