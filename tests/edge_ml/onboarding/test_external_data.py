"""Weights in a second file are put into the bundle's one file."""

from pathlib import Path

import onnx
import pytest

from edge_ml.onboarding.external_data import with_embedded_data
from edge_ml.serving.trial.trial_error import TrialError
from tests.edge_ml import samples


def test_a_model_in_one_file_stays_as_it_is(tmp_path: Path) -> None:
    samples.bundle(tmp_path, "one")
    assert with_embedded_data(tmp_path / "one/model.onnx", tmp_path) == tmp_path / "one/model.onnx"


def test_weights_beside_the_model_are_embedded(tmp_path: Path) -> None:
    model, weights = samples.with_external_weights("model.onnx.data")
    (tmp_path / "model.onnx").write_bytes(model)
    (tmp_path / "model.onnx.data").write_bytes(weights)
    (tmp_path / "scratch").mkdir()
    embedded = with_embedded_data(tmp_path / "model.onnx", tmp_path / "scratch")
    (tmp_path / "model.onnx.data").unlink()
    assert onnx.load(embedded).graph.initializer[0].raw_data == weights


@pytest.mark.parametrize("location", ["model.onnx.data", "../elsewhere", "/etc/hostname"])
def test_weights_that_are_not_beside_the_model_are_a_refusal(tmp_path: Path, location: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(samples.with_external_weights(location)[0])
    (tmp_path / "elsewhere").write_bytes(bytes(1000))
    with pytest.raises(TrialError, match=r"model\.onnx are in a second file") as caught:
        with_embedded_data(folder / "model.onnx", tmp_path)
    assert caught.value.code == "external_data"


@pytest.mark.parametrize("content", [b"location", b""])
def test_any_other_file_is_left_to_its_inspection(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    assert with_embedded_data(tmp_path / "model.onnx", tmp_path) == tmp_path / "model.onnx"
    assert with_embedded_data(tmp_path / "nothing.onnx", tmp_path) == tmp_path / "nothing.onnx"
