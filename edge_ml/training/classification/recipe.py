"""How long a fine-tuning runs, on what views of the photographs, and at what learning rate when."""

from dataclasses import dataclass
from math import cos, pi

WARM_UP = 0.05


@dataclass(frozen=True)
class Recipe:
    """`rate` is that of the heads, `body_rate` that of the last layer below; each further down is `slower`.

    Until the share `small` of the epochs is over, photographs are seen at two thirds of `size`, which is twice as fast.
    `least` is the smallest share of a photograph that a crop shows, `turns` allows quarter turns, `remember` weighs
    the teacher's classes against the labels; 0 leaves the teacher out.
    """

    epochs: int
    size: int = 160
    small: float = 0.0
    batch: int = 32
    rate: float = 1e-3
    body_rate: float = 3e-4
    slower: float = 0.88
    least: float = 0.35
    turns: bool = False
    remember: float = 0.5
    seed: int = 1

    def size_at(self, progress: float) -> int:
        """Side of the views in pixels, a whole number of the network's coarsest cells."""
        return self.size if progress >= self.small else round(self.size * 2 / 3 / 32) * 32


def rate_at(progress: float) -> float:
    """Share of the learning rate: a short linear rise, then a half cosine to nothing."""
    return min(progress / WARM_UP + 0.02, 1.0) * 0.5 * (1 + cos(pi * min(progress, 1.0)))
