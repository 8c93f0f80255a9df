"""How long a training runs, on what image size, and at what learning rate when."""

from dataclasses import dataclass
from math import cos, pi


@dataclass(frozen=True)
class Plan:
    """How long and how: `minutes` bounds the wall clock of the loop, `epochs` the passes over the photos."""

    epochs: int
    minutes: float
    batch: int
    size: int
    rate: float
    threads: int
    seed: int


def size_at(progress: float, size: int) -> int:
    """Input side in pixels: smaller images first, since they train faster, full size for the last third."""
    share = 0.6 if progress < 0.3 else 0.8 if progress < 0.65 else 1.0
    return round(size * share / 16) * 16


def rate_at(progress: float, rate: float) -> float:
    """Learning rate: a short linear rise, then a half cosine to nothing."""
    return rate * min(progress / 0.03 + 0.01, 1.0) * 0.5 * (1 + cos(pi * min(progress, 1.0)))
