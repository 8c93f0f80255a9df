"""The recipe of a fine-tuning: its length, its views of the photographs, and its learning rates."""

from dataclasses import dataclass
from math import cos, pi

WARM_UP = 0.05


@dataclass(frozen=True)
class Recipe:
    """`rate` is the learning rate of the heads, `body_rate` that of the last layer below them.

    Each further layer down multiplies `body_rate` by `rate_decay`. In the first epochs, as many as the share
    `small_share`, views have two thirds of the side `size`, which is twice as fast. `min_crop` is the smallest share
    of a photograph that a crop shows, `turns` permits quarter turns, `teacher_weight` weighs the teacher's classes
    against the labels; 0 leaves the teacher out.
    """

    epochs: int
    size: int = 160
    small_share: float = 0.0
    batch: int = 32
    rate: float = 1e-3
    body_rate: float = 3e-4
    rate_decay: float = 0.88
    min_crop: float = 0.35
    turns: bool = False
    teacher_weight: float = 0.5
    seed: int = 1

    def size_at(self, progress: float) -> int:
        """Return the side of the views in pixels at a progress of 0–1: a multiple of the network's stride of 32."""
        return self.size if progress >= self.small_share else round(self.size * 2 / 3 / 32) * 32


def learning_rate_share(progress: float) -> float:
    """Return the share of the learning rate at a progress of 0–1: a short linear rise, then a half cosine to 0."""
    return min(progress / WARM_UP + 0.02, 1.0) * 0.5 * (1 + cos(pi * min(progress, 1.0)))
