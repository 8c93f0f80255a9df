"""Mixup; skipped without torch."""

import pytest

torch = pytest.importorskip("torch")

from edge_ml.training.classification.augmentation.batches import mixup  # noqa: E402


def test_mixup_keeps_the_sum_of_probabilities() -> None:
    torch.manual_seed(0)
    images, wanted = torch.rand(4, 3, 8, 8), torch.eye(4)
    for _ in range(10):
        _, targets = mixup(images, wanted)
        assert torch.allclose(targets.sum(1), torch.ones(4))
