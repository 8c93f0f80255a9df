"""The classifier's network; skipped without torch."""

import pytest

torch = pytest.importorskip("torch")

from edge_ml.training.classification.network import Classifier, layers  # noqa: E402
from edge_ml.training.mobilenet_v2 import FEATURES, MobileNetV2  # noqa: E402


@pytest.fixture(scope="module")
def network() -> Classifier:
    torch.manual_seed(0)
    network: Classifier = Classifier(MobileNetV2(), [[0, 1], [2], [3, 4, 5]]).eval()
    return network


def test_a_label_starts_as_the_mean_of_its_classes(network: Classifier) -> None:
    rows, label_rows = network.backbone.classifier.weight, network.labels.weight
    assert label_rows.shape == (3, FEATURES)
    assert torch.allclose(label_rows[0] / label_rows[0].norm(), rows[:2].mean(0) / rows[:2].mean(0).norm(), atol=1e-6)


def test_every_parameter_is_trained_in_exactly_one_layer(network: Classifier) -> None:
    listed = [id(parameter) for layer in layers(network) for parameter in layer]
    assert sorted(listed) == sorted(id(parameter) for parameter in network.parameters())
