import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from edge_ml.bundle import BundleError, ModelBundle
from edge_ml.classify import Classifier
from tests.edge_ml import made


def test_a_bundle_is_read_as_its_json_says(tmp_path: Path) -> None:
    loaded = ModelBundle.load(made.bundle(tmp_path, **made.with_input(size=[32, 48], resize="cover")))
    assert (loaded.name, loaded.version, loaded.labels) == ("colours", "1.2.3", made.LABELS)
    assert (loaded.fit.size, loaded.fit.resize) == ((48, 32), "cover")  # size is [height, width] on disk
    assert loaded.temperature == 1.0


def test_the_digest_is_the_sha256_of_the_model_file(tmp_path: Path) -> None:
    folder = made.bundle(tmp_path)
    expected = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    assert ModelBundle.load(folder).digest == expected


def test_the_digest_is_computed_once(tmp_path: Path) -> None:
    folder = made.bundle(tmp_path)
    loaded = ModelBundle.load(folder)
    before = loaded.digest
    (folder / "model.onnx").write_bytes(b"changed under the worker's feet")
    assert loaded.digest == before


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"task": "detect"}, "task must be 'classify', not 'detect'"),
        (made.with_input(layout="NHWC"), "input.layout must be 'NCHW'"),
        (made.with_input(dtype="uint8"), "input.dtype must be 'float32'"),
        (made.with_input(channels="BGR"), "input.channels must be 'RGB'"),
        (made.with_output(decoding="yolo"), "output.decoding must be 'logits'"),
        (made.with_output(temperature=0), "output.temperature must be positive"),
        (made.with_input(resize="squash"), "input.resize must be one of stretch, cover, letterbox"),
        (made.with_input(size=[0, 32]), "input.size must be positive"),
        (made.with_input(size=32), "TypeError"),
        (made.with_input(mean=[1, 2]), "need three numbers each"),
        (made.with_input(std=[1, 0, 1]), "input.std must be positive"),
        ({"labels": []}, "there are no labels"),
        ({"labels": ["red", "red", "blue"]}, "a label stands twice"),
        ({"output": None}, "TypeError"),
    ],
)
def test_a_broken_model_json_is_refused_with_its_reason(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(BundleError, match=reason):
        ModelBundle.load(made.bundle(tmp_path, **changed))


@pytest.mark.parametrize("missing", ["name", "version", "labels", "license", "input", "output"])
def test_a_missing_field_is_named(tmp_path: Path, missing: str) -> None:
    folder = made.bundle(tmp_path)
    said = made.model_json()
    del said[missing]
    (folder / "model.json").write_text(json.dumps(said))
    with pytest.raises(BundleError, match=missing):
        ModelBundle.load(folder)


def test_a_bundle_in_a_folder_of_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="is not the folder's"):
        ModelBundle.load(made.bundle(tmp_path).rename(tmp_path / "other"))


def test_a_bundle_without_a_model_is_refused(tmp_path: Path) -> None:
    folder = made.bundle(tmp_path)
    (folder / "model.onnx").unlink()
    with pytest.raises(BundleError, match=r"no model\.onnx"):
        ModelBundle.load(folder)


def test_a_text_that_is_no_json_is_refused(tmp_path: Path) -> None:
    folder = made.bundle(tmp_path)
    (folder / "model.json").write_text("{")
    with pytest.raises(BundleError, match="JSONDecodeError"):
        ModelBundle.load(folder)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"labels": ["red", "green"]}, r"output is \['N', 3\]; model.json asks for \[1, 2\]"),
        (made.with_input(size=[64, 32]), r"input is \['N', 3, 32, 32\]; model.json asks for \[1, 3, 64, 32\]"),
        (made.with_input(name="pixels"), r"inputs are \['image'\], not 'pixels'"),
        (made.with_output(name="scores"), r"outputs are \['logits'\], not 'scores'"),
    ],
)
def test_a_model_json_that_does_not_fit_its_model_is_refused(
    tmp_path: Path, changed: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BundleError, match=reason):
        Classifier(ModelBundle.load(made.bundle(tmp_path, **changed)))


def test_a_model_that_is_no_model_is_refused(tmp_path: Path) -> None:
    folder = made.bundle(tmp_path)
    (folder / "model.onnx").write_bytes(b"not a protobuf")
    with pytest.raises(BundleError, match="does not load"):
        Classifier(ModelBundle.load(folder))
