"""Fine-tuning; skipped without torch."""

import pytest

torch = pytest.importorskip("torch")

from edge_ml.training.classification.network import Classifier  # noqa: E402
from edge_ml.training.classification.recipe import Recipe  # noqa: E402
from edge_ml.training.classification.trainer import Trainer  # noqa: E402
from edge_ml.training.mobilenet_v2 import MobileNetV2  # noqa: E402

SIZE = (64, 64)


def test_training_moves_every_layer_and_lowers_the_loss() -> None:
    torch.manual_seed(0)
    network = Classifier(MobileNetV2(), [[0], [1]])
    before = [part.clone() for part in network.parameters()]
    trainer = Trainer(network, MobileNetV2(), Recipe(epochs=1))
    images, wanted = torch.randn(4, 3, *SIZE), torch.eye(2).repeat(2, 1)
    losses = [trainer.step(images, wanted, progress=0.9) for _ in range(8)]
    assert losses[-1] < losses[0]
    assert all(not torch.equal(old, new) for old, new in zip(before, network.parameters(), strict=True))
