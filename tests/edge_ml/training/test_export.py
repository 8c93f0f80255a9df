"""The export to ONNX; skipped without torch."""

from pathlib import Path

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch")
runtime = pytest.importorskip("onnxruntime")

from edge_ml.training.classification.network import Classifier  # noqa: E402
from edge_ml.training.export import ExportError, compare, export  # noqa: E402
from edge_ml.training.mobilenet_v2 import FEATURES, MobileNetV2  # noqa: E402

SIZE = (64, 64)


@pytest.fixture(scope="module")
def network() -> Classifier:
    torch.manual_seed(0)
    network: Classifier = Classifier(MobileNetV2(), [[0, 1], [2], [3, 4, 5]]).eval()
    return network


def test_the_exported_file_takes_any_batch_and_pads_in_its_convolutions(network: Classifier, tmp_path: Path) -> None:
    export(network, SIZE, tmp_path / "model.onnx", output="logits")
    graph = onnx.load(tmp_path / "model.onnx").graph
    assert not {"Pad", "Slice"} & {node.op_type for node in graph.node}
    session = runtime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    assert session.run(["logits"], {"image": np.zeros((5, 3, *SIZE), np.float32)})[0].shape == (5, 3)


def test_the_exported_weights_take_two_bytes_each(network: Classifier, tmp_path: Path) -> None:
    export(network, SIZE, tmp_path / "model.onnx", output="logits")
    read = sum(part.numel() for part in network.parameters()) - 1001 * FEATURES
    assert (tmp_path / "model.onnx").stat().st_size < 2.2 * read


def test_a_file_with_other_outputs_is_refused(network: Classifier, tmp_path: Path) -> None:
    export(network, SIZE, tmp_path / "model.onnx", output="logits")
    torch.manual_seed(1)
    with pytest.raises(ExportError, match="is off by"):
        compare(Classifier(MobileNetV2(), [[0], [1], [2]]).eval(), SIZE, tmp_path / "model.onnx")
