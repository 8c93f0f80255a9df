"""What a model answers when it runs, held against what its file declares."""

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
from tests.edge_ml import samples


def model(folder: Path, answer: NDArray[Any]) -> Model:
    file = samples.answering(["N", 3, 32, 32], logits=answer)
    return Model(ModelBundle.load(samples.bundle(folder, model=file)))


def detections(asked: Model, color: int | tuple[int, int, int] = 0) -> list[Detection]:
    return asked.detections(Picture(np.full((32, 32, 3), color, np.uint8), (32, 32)))


@pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1, 1), (1, 1, 1, 3)])
def test_an_answer_may_have_any_shape_that_says_the_same(tmp_path: Path, shape: tuple[int, ...]) -> None:
    asked = model(tmp_path, np.array([2, 1, 0], np.float32).reshape(shape))
    assert [each["label"] for each in detections(asked)] == ["red", "green", "blue"]


def test_an_answer_of_a_shape_nobody_promised_is_a_failure_of_the_model(tmp_path: Path) -> None:
    """It leaves out the labels of the colors that are dark, which only the running model can tell."""
    file = samples.answering([1, 3, 32, 32], all=np.array([[2, 1, 0]], np.float32), dark=np.zeros(1, np.float32))
    nodes = [
        helper.make_node("ReduceMax", ["image"], ["brightest"], axes=[0, 2, 3], keepdims=0),
        helper.make_node("Greater", ["brightest", "dark"], ["bright"]),
        helper.make_node("Compress", ["all", "bright"], ["logits"], axis=1),
    ]
    file.graph.node.extend(nodes)
    file.graph.output[0].name = "logits"
    for side in file.graph.output[0].type.tensor_type.shape.dim:
        side.Clear()
    asked = Model(ModelBundle.load(samples.bundle(tmp_path, model=file)))
    assert [each["label"] for each in detections(asked, 255)] == ["red", "green", "blue"]
    for color in ((255, 0, 0), (0, 0, 0)):
        with pytest.raises(ImageError, match=r"the shape \[1, \d\], which model.json does not allow") as caught:
            detections(asked, color)
        assert (caught.value.code, caught.value.retryable) == ("model_failed", False)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "uint8", "int64"])
def test_an_answer_may_be_of_any_kind_of_number(tmp_path: Path, kind: str) -> None:
    assert detections(model(tmp_path, np.array([[0, 9, 0]], kind)))[0]["label"] == "green"


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_an_answer_that_is_no_number_is_a_failure_of_the_model(tmp_path: Path, wrong: float) -> None:
    with pytest.raises(ImageError, match="NaN or infinity"):
        detections(model(tmp_path, np.array([[0, wrong, 0]], np.float32)))


def test_an_answer_that_is_text_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"output 'logits' is tensor\(string\)"):
        model(tmp_path, np.array([["a", "b", "c"]], object))


def test_a_model_that_wants_more_than_a_picture_is_refused(tmp_path: Path) -> None:
    file = samples.answering([1, 3, 32, 32], logits=np.zeros((1, 3), np.float32))
    more = file.graph.input.add()
    more.CopyFrom(file.graph.input[0])
    more.name = "threshold"
    with pytest.raises(BundleError, match="more inputs than the picture"):
        Model(ModelBundle.load(samples.bundle(tmp_path, model=file)))
