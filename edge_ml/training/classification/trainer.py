"""Fine-tuning: labels and the teacher's classes, a learning rate per layer, averaged weights."""

import copy
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from edge_ml.training.classification.augmentation.batches import epoch_batches, label_targets, mixup, normalize
from edge_ml.training.classification.network import Classifier, layers
from edge_ml.training.classification.recipe import Recipe, learning_rate_share
from edge_ml.training.data.photographs import Photo
from edge_ml.training.mobilenet_v2 import MobileNetV2

DISTILLATION_TEMPERATURE = 2.0
AVERAGE_DECAY = 0.99
NO_MIXUP_AFTER = 0.85
MAX_GRADIENT_NORM = 5.0


class Trainer:
    """A network, its frozen teacher, and the running average of the network's weights, which is the result."""

    def __init__(self, network: Classifier, teacher: MobileNetV2, recipe: Recipe) -> None:
        self.network = network.to(memory_format=torch.channels_last).train()
        self.teacher = teacher.to(memory_format=torch.channels_last).eval()
        self.average: Classifier = copy.deepcopy(network).eval()
        self.optimizer, self.recipe = _optimizer(network, recipe), recipe

    def step(self, images: torch.Tensor, targets: torch.Tensor, progress: float) -> float:
        """Update the weights on one batch, [N, 3, S, S] and [N, labels], and return the loss."""
        if progress < NO_MIXUP_AFTER:
            images, targets = mixup(images, targets)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * learning_rate_share(progress)
        loss = self._loss(images, targets)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), MAX_GRADIENT_NORM)
        self.optimizer.step()
        self._update_average()
        return float(loss.detach())

    def _loss(self, images: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Return cross entropy on the labels plus T² · KL on the teacher's classes (arXiv 1503.02531)."""
        label_logits, class_logits = self.network.label_and_class_logits(images)
        if not self.recipe.teacher_weight:
            return F.cross_entropy(label_logits, targets)
        with torch.no_grad():
            taught = (self.teacher.logits(images) / DISTILLATION_TEMPERATURE).softmax(1)
        learned = (class_logits / DISTILLATION_TEMPERATURE).log_softmax(1)
        forgotten = F.kl_div(learned, taught, reduction="batchmean")
        weight = self.recipe.teacher_weight * DISTILLATION_TEMPERATURE**2
        return F.cross_entropy(label_logits, targets) + weight * forgotten

    def _update_average(self) -> None:
        with torch.no_grad():
            for average, current in zip(self.average.parameters(), self.network.parameters(), strict=True):
                average.lerp_(current, 1 - AVERAGE_DECAY)


def fine_tune(
    trainer: Trainer, photos: Sequence[Photo], labels: int, summarize: Callable[[Classifier], str]
) -> Classifier:
    """Train for all epochs, print a line per epoch, and return the averaged network."""
    epochs, targets, started = trainer.recipe.epochs, label_targets(photos, labels), time.monotonic()
    steps = sum(photo.times for photo in photos) / trainer.recipe.batch
    for number in range(epochs):
        random, size = np.random.default_rng([trainer.recipe.seed, number]), trainer.recipe.size_at(number / epochs)
        losses: list[float] = []
        for pixels, indices in epoch_batches(photos, trainer.recipe, size, random):
            progress = (number + min(len(losses) / steps, 1)) / epochs
            losses.append(trainer.step(normalize(pixels), targets[indices], progress))
        minutes_left = (time.monotonic() - started) * (epochs / (number + 1) - 1) / 60
        summary = f"validation {summarize(trainer.average)}, {minutes_left:.1f} min left"
        print(f"epoch {number + 1}/{epochs}: loss {np.mean(losses):.3f}, {summary}", flush=True)
    return trainer.average


def _optimizer(network: Classifier, recipe: Recipe) -> torch.optim.Optimizer:
    *body, heads = layers(network)
    body_rates = [recipe.body_rate * recipe.rate_decay**depth for depth in reversed(range(len(body)))]
    rates = [*body_rates, recipe.rate]
    groups = [{"params": layer, "peak": rate} for layer, rate in zip([*body, heads], rates, strict=True)]
    return torch.optim.AdamW(groups, recipe.rate, weight_decay=0.02)
