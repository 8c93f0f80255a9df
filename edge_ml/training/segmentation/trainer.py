"""The training loop: AdamW with a cosine schedule, small scenes first, averaged weights."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi

import numpy as np
import torch
from torch import nn

from edge_ml.pictures.size import Size
from edge_ml.training.segmentation.loss import segmentation_loss
from edge_ml.training.segmentation.network import Segmenter, normalize
from edge_ml.training.segmentation.scenes.scenes import Stock

WARM_UP, SMALL_SHARE = 0.04, 0.5
ENCODER_DIVISOR, WEIGHT_DECAY, MAX_GRADIENT_NORM = 4.0, 0.02, 2.0
AVERAGE_DECAY = 0.997


@dataclass(frozen=True)
class Plan:
    """The length and the schedule: steps of `batch` scenes, of size `small` in the first half and `full` after it."""

    steps: int
    batch: int
    small: Size
    full: Size
    rate: float
    seed: int

    def scene_size(self, step: int) -> Size:
        """Return the (width, height) of the scenes of that step, in pixels."""
        return self.small if step < SMALL_SHARE * self.steps else self.full

    def rate_share(self, step: int) -> float:
        """Return the share of the peak learning rate: a linear rise, then a half cosine to 0."""
        progress = step / self.steps
        return min((progress + 1 / self.steps) / WARM_UP, 1.0) * 0.5 * (1 + cos(pi * progress))


def train(network: Segmenter, stock: Stock, plan: Plan, summarize: Callable[[Segmenter], str]) -> Segmenter:
    """Train, and return the average of the weights along the way; `summarize` is called ten times."""
    network = network.to(memory_format=torch.channels_last).train()
    average: Segmenter = copy.deepcopy(network).eval()
    groups = network.parameter_groups(plan.rate, ENCODER_DIVISOR)
    optimizer = torch.optim.AdamW(groups, lr=plan.rate, weight_decay=WEIGHT_DECAY)
    losses, started = [], time.monotonic()
    for step in range(plan.steps):
        losses.append(_update(network, optimizer, stock, plan, step))
        _update_average(average, network, step)
        if (step + 1) % max(plan.steps // 40, 1) == 0:
            is_tenth = (step + 1) % max(plan.steps // 10, 1) == 0
            _print_progress(plan, step + 1, losses, started, summarize(average) if is_tenth else "")
            losses = []
    return average


def _update(network: Segmenter, optimizer: torch.optim.Optimizer, stock: Stock, plan: Plan, step: int) -> float:
    """Update the weights on one batch, and return the loss."""
    batch = stock.batch(plan.batch, plan.scene_size(step), np.random.default_rng([plan.seed, step]))
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * plan.rate_share(step)
    optimizer.zero_grad()
    loss = segmentation_loss(network(normalize(batch.images)), batch.truth)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), MAX_GRADIENT_NORM)
    optimizer.step()
    return float(loss.detach())


def _update_average(average: nn.Module, network: nn.Module, step: int) -> None:
    """Move the average toward the weights, fast at first."""
    decay = min(AVERAGE_DECAY, (1 + step) / (10 + step))
    for kept, current in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.dtype.is_floating_point:
            kept.lerp_(current, 1 - decay)
        else:
            kept.copy_(current)


def _print_progress(plan: Plan, done: int, losses: list[float], started: float, summary: str) -> None:
    # A full scene takes about twice as long as a small one.
    weights = np.where(np.arange(plan.steps) < SMALL_SHARE * plan.steps, 1.0, 2.0)
    minutes_left = (time.monotonic() - started) * weights[done:].sum() / weights[:done].sum() / 60
    print(
        f"step {done} of {plan.steps}: loss {np.mean(losses):.4f}{summary and ', ' + summary}, "
        f"{minutes_left:.0f} min left",
        flush=True,
    )
