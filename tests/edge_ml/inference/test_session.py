"""The outputs of a running model, compared with its model.json."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import helper

from edge_ml.bundles.bundle import BundleError, ModelBundle
from edge_ml.image_error import ImageError
from edge_ml.inference.model import Model
from edge_ml.pictures.decode import Picture
from edge_ml.protocol import Detection
from tests.edge_ml import hostile_models, samples


def model(folder: Path, output: NDArray[Any]) -> Model:
    file = samples.constant_model(["N", 3, 32, 32], logits=output)
    return Model(ModelBundle.load(samples.bundle(folder, model=file)))


def detections(tested: Model, color: int | tuple[int, int, int] = 0) -> list[Detection]:
    return tested.detections(Picture(np.full((32, 32, 3), color, np.uint8), (32, 32)))


@pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1, 1), (1, 1, 1, 3)])
def test_an_output_may_have_any_equivalent_shape(tmp_path: Path, shape: tuple[int, ...]) -> None:
    tested = model(tmp_path, np.array([2, 1, 0], np.float32).reshape(shape))
    assert [detection["label"] for detection in detections(tested)] == ["red", "green", "blue"]


def test_an_output_of_an_unexpected_shape_is_a_failure_of_the_model(tmp_path: Path) -> None:
    """The model drops the labels of dark colors, so the shape of its output depends on the picture."""
    file = samples.constant_model([1, 3, 32, 32], all=np.array([[2, 1, 0]], np.float32), dark=np.zeros(1, np.float32))
    nodes = [
        helper.make_node("ReduceMax", ["image"], ["brightest"], axes=[0, 2, 3], keepdims=0),
        helper.make_node("Greater", ["brightest", "dark"], ["bright"]),
        helper.make_node("Compress", ["all", "bright"], ["logits"], axis=1),
    ]
    file.graph.node.extend(nodes)
    file.graph.output[0].name = "logits"
    for side in file.graph.output[0].type.tensor_type.shape.dim:
        side.Clear()
    tested = Model(ModelBundle.load(samples.bundle(tmp_path, model=file)))
    assert [detection["label"] for detection in detections(tested, 255)] == ["red", "green", "blue"]
    for color in ((255, 0, 0), (0, 0, 0)):
        with pytest.raises(ImageError, match=r"the shape \[1, \d\], which model.json does not allow") as caught:
            detections(tested, color)
        assert (caught.value.code, caught.value.retryable) == ("model_failed", False)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "uint8", "int64"])
def test_an_output_may_have_any_numeric_type(tmp_path: Path, kind: str) -> None:
    assert detections(model(tmp_path, np.array([[0, 9, 0]], kind)))[0]["label"] == "green"


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_nan_or_infinite_output_is_a_failure_of_the_model(tmp_path: Path, wrong: float) -> None:
    with pytest.raises(ImageError, match="NaN or infinity"):
        detections(model(tmp_path, np.array([[0, wrong, 0]], np.float32)))


def test_a_text_output_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"output 'logits' is tensor\(string\)"):
        model(tmp_path, np.array([["a", "b", "c"]], object))


def test_a_model_that_wants_more_than_a_picture_is_refused(tmp_path: Path) -> None:
    file = samples.constant_model([1, 3, 32, 32], logits=np.zeros((1, 3), np.float32))
    more = file.graph.input.add()
    more.CopyFrom(file.graph.input[0])
    more.name = "threshold"
    with pytest.raises(BundleError, match="more inputs than the picture"):
        Model(ModelBundle.load(samples.bundle(tmp_path, model=file)))


def test_a_run_that_takes_too_long_is_stopped_and_the_next_picture_is_recognized(tmp_path: Path) -> None:
    """The model loops for ever on bright pictures."""
    bundle = ModelBundle.load(samples.bundle(tmp_path, model=hostile_models.endless_on_bright_pictures()))
    tested = Model(bundle, limit=0.01)
    with pytest.raises(ImageError) as caught:
        detections(tested, color=255)
    assert (caught.value.code, caught.value.retryable) == ("too_slow", True)
    assert detections(tested)
