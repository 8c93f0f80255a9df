"""The training loop: distillation and labels under a cosine schedule, with averaged weights."""

import copy
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from edge_ml.training.augment import mixed, normalised
from edge_ml.training.batches import Batch, Shelf, epoch
from edge_ml.training.crew import Crew
from edge_ml.training.lessons import DISTILLATION_TEMPERATURE, Lessons
from edge_ml.training.muon import WEIGHT_DECAY, Muon
from edge_ml.training.schedule import Plan, rate_at, size_at

AVERAGE_DECAY = 0.998
PLAIN_FINISH = 0.88


def loss_of(answers: tuple[torch.Tensor, torch.Tensor], targets: list[torch.Tensor]) -> torch.Tensor:
    """Cross entropy on the labels plus T² · KL on the teacher's classes (arXiv 1503.02531)."""
    loss = nn.functional.cross_entropy(answers[0].float(), targets[0])
    if len(targets) == 1:
        return loss
    said = (answers[1].float() / DISTILLATION_TEMPERATURE).log_softmax(1)
    heard = nn.functional.kl_div(said, targets[1], reduction="batchmean")
    return loss + DISTILLATION_TEMPERATURE**2 * heard


def optimisers(student: nn.Module, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the residual convolutions; AdamW for the first one, the heads, biases and batch norms."""
    first, *hidden = [weight for weight in student.parameters() if weight.ndim == 4]
    heads = [weight for weight in student.parameters() if weight.ndim == 2]
    free = [weight for weight in student.parameters() if weight.ndim <= 1]
    groups = [{"params": [first, *heads], "weight_decay": WEIGHT_DECAY}, {"params": free, "weight_decay": 0.0}]
    return [Muon(hidden, rate), torch.optim.AdamW(groups, rate, fused=True)]


class Trainer:
    """A student, its optimiser and the running average of its weights, which is what is kept."""

    def __init__(self, student: nn.Module, plan: Plan) -> None:
        self.student = student.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(student).eval()
        self.optimisers = optimisers(student, plan.rate)
        self.crew = Crew(student, plan.threads, loss_of)
        self.plan, self.steps, self.started = plan, 0, time.monotonic()

    def progress(self, per_epoch: int) -> float:
        """Share of the run that is over, by passes or by the clock, whichever is further."""
        elapsed = (time.monotonic() - self.started) / 60
        return max(self.steps / (self.plan.epochs * per_epoch), elapsed / self.plan.minutes)

    def step(self, batch: Batch, targets: list[torch.Tensor], progress: float) -> float:
        """One update; returns the loss."""
        images = normalised(batch.pixels)
        if progress < PLAIN_FINISH:
            images, targets = mixed(images, targets)
        for group in (group for optimiser in self.optimisers for group in optimiser.param_groups):
            group["lr"] = rate_at(progress, self.plan.rate)
        loss = self.crew.backward(images, targets)
        for optimiser in self.optimisers:
            optimiser.step()
        self.steps += 1
        self._remember()
        return loss

    def _remember(self) -> None:
        keep = min(AVERAGE_DECAY, (1 + self.steps) / (10 + self.steps))
        pairs = zip(self.average.state_dict().values(), self.student.state_dict().values(), strict=True)
        for kept, new in pairs:
            if kept.dtype.is_floating_point:
                kept.lerp_(new, 1 - keep)


def train(
    student: nn.Module, shelf: Shelf, lessons: Lessons, plan: Plan, check: Callable[[nn.Module], str]
) -> nn.Module:
    """Train until the epochs or the minutes are over; `check` says how the average does, now and then."""
    trainer, per_epoch, number = Trainer(student, plan), max(len(shelf.images) // plan.batch, 1), 0
    while (progress := trainer.progress(per_epoch)) < 1:
        chance, losses = np.random.default_rng([plan.seed, number]), []
        trainer.crew.train()
        for batch in epoch(shelf, plan.batch, size_at(progress, plan.size), chance):
            now = trainer.progress(per_epoch)
            if now < 1:
                losses.append(trainer.step(batch, lessons.of(batch), now))
        number += 1
        report(number, losses, trainer, per_epoch, check if number % 4 == 0 else None)
    return trainer.average


def report(
    number: int,
    losses: list[float],
    trainer: Trainer,
    per_epoch: int,
    check: Callable[[nn.Module], str] | None,
) -> None:
    """One line on the epoch: loss, validation accuracy where checked, and time left."""
    elapsed, progress = time.monotonic() - trainer.started, trainer.progress(per_epoch)
    left = max(elapsed * (1 / progress - 1), 0)
    checked = f", validation {check(trainer.average)}" if check else ""
    mean = float(np.mean(losses)) if losses else float("nan")
    print(f"epoch {number} ({progress:.0%}): loss {mean:.3f}{checked}, {left / 60:.1f} min left", flush=True)
