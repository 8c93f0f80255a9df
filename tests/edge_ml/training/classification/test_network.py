"""Training, where torch is installed: the network read out of the teacher's file, fine-tuned and exported."""

from pathlib import Path

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch")
runtime = pytest.importorskip("onnxruntime")

from edge_ml.training.classification.augmentation.batches import mixup, normalize  # noqa: E402
from edge_ml.training.classification.network import Classifier, layers  # noqa: E402
from edge_ml.training.classification.recipe import Recipe  # noqa: E402
from edge_ml.training.classification.task import TEACHER  # noqa: E402
from edge_ml.training.classification.trainer import Trainer  # noqa: E402
from edge_ml.training.export import ExportError, compare, export  # noqa: E402
from edge_ml.training.mobilenet_v2 import CHANNELS, FEATURES, MobileNetV2  # noqa: E402

SIZE = (64, 64)
FILE = Path(__file__).parents[5] / "shared" / "data" / TEACHER
MEAN, STD = np.array([123.675, 116.28, 103.53], np.float32), np.array([58.395, 57.12, 57.375], np.float32)


@pytest.fixture(scope="module")
def network() -> Classifier:
    torch.manual_seed(0)
    network: Classifier = Classifier(MobileNetV2(), [[0, 1], [2], [3, 4, 5]]).eval()
    return network


@pytest.mark.skipif(not FILE.exists(), reason="the teacher's file is not here")
def test_the_network_repeats_the_teacher_it_was_read_from() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), np.uint8)
    given = ((pixels.astype(np.float32) - MEAN) / STD).transpose(0, 3, 1, 2)
    session = runtime.InferenceSession(FILE, providers=["CPUExecutionProvider"])
    wanted = session.run(None, {"input": np.ascontiguousarray(given)})[0]
    with torch.no_grad():
        said = MobileNetV2.from_onnx(FILE).logits(normalize(pixels)).numpy()
    assert np.abs(said - wanted).max() < 1e-3


def test_each_map_is_half_as_large_as_the_last() -> None:
    maps = MobileNetV2()(torch.zeros(1, 3, 64, 96))
    assert [tuple(found.shape[1:]) for found in maps] == [
        (channels, 32 // 2**n, 48 // 2**n) for n, channels in enumerate(CHANNELS)
    ]


def test_a_label_starts_as_the_mean_of_its_classes(network: Classifier) -> None:
    rows, said = network.backbone.classifier.weight, network.labels.weight
    assert said.shape == (3, FEATURES)
    assert torch.allclose(said[0] / said[0].norm(), rows[:2].mean(0) / rows[:2].mean(0).norm(), atol=1e-6)


def test_every_parameter_is_trained_in_exactly_one_layer(network: Classifier) -> None:
    listed = [id(parameter) for layer in layers(network) for parameter in layer]
    assert sorted(listed) == sorted(id(parameter) for parameter in network.parameters())


def test_training_moves_every_layer_and_lowers_the_loss() -> None:
    torch.manual_seed(0)
    network = Classifier(MobileNetV2(), [[0], [1]])
    before = [part.clone() for part in network.parameters()]
    trainer = Trainer(network, MobileNetV2(), Recipe(epochs=1))
    images, wanted = torch.randn(4, 3, *SIZE), torch.eye(2).repeat(2, 1)
    losses = [trainer.step(images, wanted, progress=0.9) for _ in range(8)]
    assert losses[-1] < losses[0]
    assert all(not torch.equal(old, new) for old, new in zip(before, network.parameters(), strict=True))


def test_mixtures_keep_probabilities_whole() -> None:
    torch.manual_seed(0)
    images, wanted = torch.rand(4, 3, 8, 8), torch.eye(4)
    for _ in range(10):
        _, targets = mixup(images, wanted)
        assert torch.allclose(targets.sum(1), torch.ones(4))


def test_the_exported_file_answers_any_batch_and_pads_in_its_convolutions(network: Classifier, tmp_path: Path) -> None:
    export(network, SIZE, tmp_path / "model.onnx", output="logits")
    graph = onnx.load(tmp_path / "model.onnx").graph
    assert not {"Pad", "Slice"} & {node.op_type for node in graph.node}
    session = runtime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    assert session.run(["logits"], {"image": np.zeros((5, 3, *SIZE), np.float32)})[0].shape == (5, 3)


def test_the_exported_weights_take_two_bytes_each(network: Classifier, tmp_path: Path) -> None:
    export(network, SIZE, tmp_path / "model.onnx", output="logits")
    read = sum(part.numel() for part in network.parameters()) - 1001 * FEATURES
    assert (tmp_path / "model.onnx").stat().st_size < 2.2 * read


def test_a_file_that_answers_otherwise_is_refused(network: Classifier, tmp_path: Path) -> None:
    export(network, SIZE, tmp_path / "model.onnx", output="logits")
    torch.manual_seed(1)
    with pytest.raises(ExportError, match="is off by"):
        compare(Classifier(MobileNetV2(), [[0], [1], [2]]).eval(), SIZE, tmp_path / "model.onnx")
