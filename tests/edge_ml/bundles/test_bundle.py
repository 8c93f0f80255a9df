import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from edge_ml.bundles.bundle import BundleError, ModelBundle
from edge_ml.inference.model import Model
from tests.edge_ml import samples


def test_a_bundle_is_read_as_its_json_says(tmp_path: Path) -> None:
    loaded = ModelBundle.load(samples.bundle(tmp_path, **samples.with_input(size=[32, 48], resize="cover")))
    assert (loaded.name, loaded.version, loaded.labels) == ("colors", "1.2.3", samples.LABELS)
    assert (loaded.fit.size, loaded.fit.resize) == ((48, 32), "cover")  # size is [height, width] on disk
    assert loaded.output.temperature == 1.0


def test_the_digest_is_the_sha256_of_the_model_file(tmp_path: Path) -> None:
    folder = samples.bundle(tmp_path)
    expected = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    assert ModelBundle.load(folder).digest == expected


def test_the_digest_is_computed_once(tmp_path: Path) -> None:
    folder = samples.bundle(tmp_path)
    loaded = ModelBundle.load(folder)
    before = loaded.digest
    (folder / "model.onnx").write_bytes(b"changed under the worker's feet")
    assert loaded.digest == before


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"task": "paint"}, "task must be one of classify, detect, segment, not 'paint'"),
        ({"task": "detect"}, "output.decoding must be one of yolox, .*, not 'logits'"),
        ({"name": "../colors"}, "name must be 1 to 48 letters"),
        ({"name": "colors@2"}, "name must be 1 to 48 letters"),
        ({"version": "1.2"}, "version must be three numbers such as 1.0.0, not '1.2'"),
        ({"version": "1.02.3"}, "version must be three numbers"),
        ({"license": 7}, "license must be a text, not 7"),
        ({"metrics": []}, r"metrics must be an object, not \[\]"),
        ({"labels": []}, r"labels must be a list of texts, not \[\]"),
        ({"labels": "red"}, "labels must be a list of texts"),
        ({"labels": ["red", 2, "blue"]}, "labels must be a list of texts"),
        ({"output": None}, "output must be an object, not None"),
        (samples.with_input(layout="CHW"), "input.layout must be one of NCHW, NHWC, not 'CHW'"),
        (samples.with_input(dtype="float16"), "input.dtype must be one of float32, uint8"),
        (samples.with_input(channels="L"), "input.channels must be one of RGB, BGR"),
        (
            samples.with_input(resize=["cover"]),
            "input.resize must be one of stretch, cover, letterbox, letterbox_corner",
        ),
        (samples.with_input(size=[0, 32]), "input.size must be 2 numbers above 0"),
        (samples.with_input(size=[0.5, 32]), "input.size must be .* 1 to 4096 pixels"),
        (samples.with_input(size=[32, 5000]), "input.size must be .* 1 to 4096 pixels"),
        (samples.with_input(size=32), "input.size must be 2 numbers"),
        (samples.with_input(mean=[1, 2]), "input.mean must be 3 numbers"),
        (samples.with_input(mean=[1, 2, float("nan")]), "input.mean must be 3 numbers"),
        (samples.with_input(std=[1, 0, 1]), "input.std must be 3 numbers above 0"),
        (samples.with_output(decoding="yolo"), "output.decoding must be one of logits, probabilities"),
        (samples.with_output(temperature=0), "output.temperature must be a number from 0.001 to 1000, not 0"),
        (samples.with_output(unknown_below=1.5), "output.unknown_below must be a number from 0 to 1"),
        (
            samples.with_output(unknown_below=0.5) | {"labels": ["red", "green", "unknown"]},
            "adds the label 'unknown', which labels holds already",
        ),
        ({"task": "segment", **samples.with_output(decoding="class_map", background=3)}, "index of a label, 0 to 2"),
        ({"task": "segment", **samples.with_output(decoding="yolov8")}, "output.masks is missing"),
    ],
)
def test_a_broken_model_json_is_refused_with_its_reason(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(BundleError, match=reason):
        ModelBundle.load(samples.bundle(tmp_path, **changed))


@pytest.mark.parametrize("missing", ["name", "version", "labels", "license", "input", "output"])
def test_a_missing_field_is_named(tmp_path: Path, missing: str) -> None:
    folder = samples.bundle(tmp_path)
    content = samples.model_json()
    del content[missing]
    (folder / "model.json").write_text(json.dumps(content))
    with pytest.raises(BundleError, match=missing):
        ModelBundle.load(folder)


def test_a_bundle_without_a_model_is_refused(tmp_path: Path) -> None:
    folder = samples.bundle(tmp_path)
    (folder / "model.onnx").unlink()
    with pytest.raises(BundleError, match=r"no model\.onnx"):
        ModelBundle.load(folder)


@pytest.mark.parametrize("text", ["[" * 100_000, "[]", '"x"', b"\xff\xfe".decode("latin-1")])
def test_a_json_that_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    folder = samples.bundle(tmp_path)
    (folder / "model.json").write_text(text, encoding="latin-1")
    with pytest.raises(BundleError, match=r"^colors/model.json"):
        ModelBundle.load(folder)


def test_two_outputs_may_have_the_same_label(tmp_path: Path) -> None:
    """ImageNet has two classes named crane: the bird and the machine."""
    assert ModelBundle.load(samples.bundle(tmp_path, labels=["crane", "crane", "blue"])).labels[:2] == (
        "crane",
        "crane",
    )


def test_a_text_that_is_no_json_is_refused(tmp_path: Path) -> None:
    folder = samples.bundle(tmp_path)
    (folder / "model.json").write_text("{")
    with pytest.raises(BundleError, match="cannot be read: JSONDecodeError"):
        ModelBundle.load(folder)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"labels": ["red", "green"]}, r"output 'logits' is \[N, 3\]; model.json asks for \[1, 2\] or"),
        (
            samples.with_input(size=[64, 32]),
            r"input 'image' is \[N, 3, 32, 32\]; model.json asks for \[1, 3, 64, 32\]",
        ),
        (samples.with_input(layout="NHWC"), r"asks for \[1, 32, 32, 3\]"),
        (samples.with_input(dtype="uint8"), r"input 'image' is tensor\(float\), not tensor\(uint8\)"),
        (samples.with_input(name="pixels"), r"inputs are \['image'\], not 'pixels'"),
        (samples.with_output(name="scores"), r"outputs are \['logits'\], not 'scores'"),
    ],
)
def test_a_model_json_that_does_not_fit_its_model_is_refused(
    tmp_path: Path, changed: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BundleError, match=reason):
        Model(ModelBundle.load(samples.bundle(tmp_path, **changed)))


def test_a_model_that_is_no_model_is_refused(tmp_path: Path) -> None:
    folder = samples.bundle(tmp_path)
    (folder / "model.onnx").write_bytes(b"not a protobuf")
    with pytest.raises(BundleError, match="does not load"):
        Model(ModelBundle.load(folder))
