"""The training loop: AdamW under a cosine schedule, small scenes first, averaged weights."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi

import numpy as np
import torch
from torch import nn

from edge_ml.training.segmentation.loss import loss_of
from edge_ml.training.segmentation.network import Segmenter, normalised
from edge_ml.training.segmentation.scenes.placement import Size
from edge_ml.training.segmentation.scenes.scenes import Stock

WARM, SMALL_UNTIL = 0.04, 0.5
SLOWER, DECAY, LONGEST_STEP = 4.0, 0.02, 2.0
AVERAGE = 0.997


@dataclass(frozen=True)
class Plan:
    """How long and how: steps of `batch` scenes, of size `small` in the first half and `full` in the second."""

    steps: int
    batch: int
    small: Size
    full: Size
    rate: float
    seed: int

    def scene(self, step: int) -> Size:
        """The (width, height) of that step's scenes."""
        return self.small if step < SMALL_UNTIL * self.steps else self.full

    def share(self, step: int) -> float:
        """Of the peak learning rate: a linear rise, then a half cosine to nothing."""
        progress = step / self.steps
        return min((progress + 1 / self.steps) / WARM, 1.0) * 0.5 * (1 + cos(pi * progress))


def train(network: Segmenter, stock: Stock, plan: Plan, check: Callable[[Segmenter], str]) -> Segmenter:
    """The average of the weights along the way; `check` says how it does, ten times."""
    network = network.to(memory_format=torch.channels_last).train()
    average: Segmenter = copy.deepcopy(network).eval()
    optimiser = torch.optim.AdamW(network.groups(plan.rate, SLOWER), lr=plan.rate, weight_decay=DECAY)
    losses, started = [], time.monotonic()
    for step in range(plan.steps):
        losses.append(_learn(network, optimiser, stock, plan, step))
        _remember(average, network, step)
        if (step + 1) % max(plan.steps // 40, 1) == 0:
            fourth = (step + 1) % max(plan.steps // 10, 1) == 0
            _report(plan, step + 1, losses, started, check(average) if fourth else "")
            losses = []
    return average


def _learn(network: Segmenter, optimiser: torch.optim.Optimizer, stock: Stock, plan: Plan, step: int) -> float:
    """One update; returns the loss."""
    batch = stock.batch(plan.batch, plan.scene(step), np.random.default_rng([plan.seed, step]))
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * plan.share(step)
    optimiser.zero_grad()
    loss = loss_of(network(normalised(batch.images)), batch.truth)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), LONGEST_STEP)
    optimiser.step()
    return float(loss.detach())


def _remember(average: nn.Module, network: nn.Module, step: int) -> None:
    """Move the average towards the weights, fast at first."""
    keep = min(AVERAGE, (1 + step) / (10 + step))
    for kept, new in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.dtype.is_floating_point:
            kept.lerp_(new, 1 - keep)
        else:
            kept.copy_(new)


def _report(plan: Plan, done: int, losses: list[float], started: float, checked: str) -> None:
    # A full scene costs about twice a small one.
    weights = np.where(np.arange(plan.steps) < SMALL_UNTIL * plan.steps, 1.0, 2.0)
    left = (time.monotonic() - started) * weights[done:].sum() / weights[:done].sum() / 60
    print(
        f"step {done} of {plan.steps}: loss {np.mean(losses):.4f}{checked and ', ' + checked}, {left:.0f} min left",
        flush=True,
    )
