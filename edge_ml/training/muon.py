"""Muon: momentum whose steps are made orthogonal, for the weights of the hidden convolutions."""

from collections.abc import Iterable

import torch

MOMENTUM = 0.95
WEIGHT_DECAY = 0.05


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """The matrix with its singular values brought near 1 by five Newton-Schulz steps.

    Coefficients and method: Jordan et al., "Muon: an optimizer for hidden layers" (2024).
    """
    tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.T if tall else matrix).bfloat16()
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        square = x @ x.T
        x = torch.addmm(x, torch.addmm(square, square, square, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return (x.T if tall else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Updates convolution weights [out, in, k, k] as matrices [out, in · k · k].

    Steps are scaled to the size of AdamW's (0.2 · sqrt of the longer side, arXiv 2502.16982), so that both
    take one learning rate.
    """

    def __init__(self, weights: Iterable[torch.Tensor], rate: float) -> None:
        super().__init__(weights, {"lr": rate})

    def step(self) -> None:
        """One update of every weight that has a gradient."""
        with torch.no_grad():
            for group in self.param_groups:
                for weight in group["params"]:
                    self._move(weight, group["lr"])

    def _move(self, weight: torch.Tensor, rate: float) -> None:
        kept = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
        kept.lerp_(weight.grad, 1 - MOMENTUM)
        step = orthogonal(torch.lerp(weight.grad, kept, MOMENTUM).flatten(1))
        scale = 0.2 * max(step.shape) ** 0.5
        weight.mul_(1 - rate * WEIGHT_DECAY).add_(step.view(weight.shape), alpha=-rate * scale)
