"""The proposals for models of every known shape, and the refusals of others."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from edge_ml.onboarding.inspection import inspect_model
from edge_ml.onboarding.inspection.probe import probe
from edge_ml.onboarding.labels.label_list import LabelList
from edge_ml.onboarding.proposal.findings import Findings
from edge_ml.onboarding.proposal.propose import propose
from edge_ml.serving.trial.trial_error import TrialError
from tests.edge_ml import samples

THREE = LabelList(("red", "green", "blue"), "labels.txt")
TWO, ONE = LabelList(("no", "yes"), "labels.txt"), LabelList(("yes",), "labels.txt")
NCHW, NHWC = [1, 3, 64, 64], [1, 64, 64, 3]
CELLS = 8 * 8 + 4 * 4 + 2 * 2


@pytest.fixture(autouse=True)
def without_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inspect in this process: the models of these tests are harmless, and a child takes a second."""
    monkeypatch.setattr(inspect_model, "run_confined", lambda _, request: json.loads(json.dumps(probe(request))))


def zeros(*shape: int, dtype: Any = np.float32) -> NDArray[Any]:
    return np.zeros(shape, dtype)


def rows(count: int, *numbers: float) -> NDArray[Any]:
    """Return a detector's output of so many equal rows."""
    return np.tile(np.array(numbers, np.float32), (1, count, 1))


def proposed(folder: Path, sides: list[Any], given: dict[str, Any] | None = None, **outputs: NDArray[Any]) -> Findings:
    return of(folder, samples.constant_model(sides, **outputs), given)


def of(
    folder: Path, model: onnx.ModelProto, given: dict[str, Any] | None = None, labels: LabelList | None = THREE
) -> Findings:
    onnx.save(model, folder / "My Model.onnx")
    return propose(folder / "My Model.onnx", labels, given or {})


def refusal(folder: Path, sides: list[Any], given: Any = None, **outputs: NDArray[Any]) -> TrialError:
    with pytest.raises(TrialError) as caught:
        proposed(folder, sides, given, **outputs)
    return caught.value


READ: dict[str, Any] = {
    "scores": (NCHW, {"scores": zeros(1, 3) - 1}, ("classify", "logits", "scores")),
    "scores in four dimensions": (NCHW, {"scores": zeros(1, 3, 1, 1) - 1}, ("classify", "logits", "scores")),
    "probabilities": (NHWC, {"scores": zeros(1, 3) + 0.3}, ("classify", "probabilities", "scores")),
    "quantized": (NHWC, {"scores": zeros(1, 3, dtype=np.uint8)}, ("classify", "probabilities", "scores")),
    "YOLOX, its size no multiple of 32": ([1, 3, 72, 72], {"boxes": zeros(1, 115, 8)}, ("detect", "yolox", "boxes")),
    "YOLOX": (NCHW, {"boxes": zeros(1, CELLS, 8)}, ("detect", "yolox", "boxes")),
    "YOLOv8": (NCHW, {"boxes": zeros(1, 7, CELLS)}, ("detect", "yolov8", "boxes")),
    "YOLOv8 with masks": (
        NCHW, {"boxes": zeros(1, 7 + 32, CELLS), "protos": zeros(1, 32, 16, 16)}, ("segment", "yolov8", "boxes"),
    ),
    "YOLOX that decodes": (NCHW, {"boxes": rows(CELLS, 60, 30, 9, 9, 0.5, 0, 0, 1)}, ("detect", "yolox_decoded")),
    "YOLOv6": (NCHW, {"boxes": rows(CELLS, 60, 30, 9, 9, 1, 0, 0, 1)}, ("detect", "yolov5", "boxes")),
    "YOLOv5": (NCHW, {"boxes": rows(3 * CELLS, 60, 30, 9, 9, 0.5, 0, 0, 1)}, ("detect", "yolov5", "boxes")),
    "YOLOv5 at 1280": ([1, 3, 128, 128], {"boxes": rows(1020, 120, 30, 9, 9, 0.5, 0, 0, 1)}, ("detect", "yolov5")),
    "YOLOv8, its sides exchanged": (NCHW, {"boxes": rows(CELLS, 60, 30, 9, 9, 0, 0, 1)}, ("detect", "yolov8")),
    "RT-DETR of Ultralytics": (NCHW, {"boxes": rows(300, 0.5, 0.5, 1, 1, 0, 0, 1)}, ("detect", "rtdetr", "boxes")),
    "DETR": (NCHW, {"logits": zeros(1, 100, 4), "boxes": zeros(1, 100, 4) + 0.5}, ("detect", "detr", "logits")),
    "RF-DETR": (NCHW, {"dets": zeros(1, 300, 4) + 0.5, "labels": zeros(1, 300, 3)}, ("detect", "deformable_detr")),
    "YOLO-NAS": (
        NCHW, {"xyxy": rows(CELLS, 9, 9, 60, 60), "p": zeros(1, CELLS, 3)}, ("detect", "boxes_and_scores", "p"),
    ),
    "YOLO26 and YOLOv10": (NCHW, {"boxes": rows(300, 1, 1, 60, 60, 0.5, 2)}, ("detect", "end2end", "boxes")),
    "YOLOv7 that finds nothing": (NCHW, {"boxes": zeros(0, 7)}, ("detect", "end2end", "boxes")),
    "TensorFlow": (
        NHWC,
        {"boxes": zeros(1, 9, 4) + 1, "classes": zeros(1, 9) + 3, "scores": zeros(1, 9), "num": zeros(1)},
        ("detect", "ssd", "scores"),
    ),
    "torchvision that finds nothing": (
        NCHW, {"boxes": zeros(0, 4), "labels": zeros(0, dtype=np.int64), "scores": zeros(0)},
        ("detect", "torchvision", "scores"),
    ),
    "one score": (NCHW, {"score": zeros(1, 1) - 1}, ("classify", "sigmoid", "score"), TWO),
    "one probability": (NCHW, {"score": zeros(1, 1) + 0.3}, ("classify", "probabilities", "score"), ONE),
    "a mask": (NCHW, {"mask": zeros(1, 1, 64, 64) - 1}, ("segment", "mask_logits", "mask"), TWO),
    "a mask of probabilities": (NHWC, {"mask": zeros(1, 64, 64, 1)}, ("segment", "mask_probabilities", "mask"), ONE),
    "beside text": (NCHW, {"label": np.array(["cat"], object), "p": zeros(1, 3)}, ("classify", "probabilities", "p")),
    "beside a broken output": (NCHW, {"a": zeros(1, 2) + np.inf, "p": zeros(1, 3)}, ("classify", None, "p")),
    "pixels' scores": (NHWC, {"map": zeros(1, 16, 16, 3)}, ("segment", "class_scores", "map")),
    "pixels' labels": (NCHW, {"map": zeros(1, 64, 64, dtype=np.int64)}, ("segment", "class_map", "map")),
    "the one of two that can be read": (NCHW, {"x": zeros(1, 2, 3, 4, 5), "y": zeros(1, 3)}, ("classify",)),
    "the one of two with as many labels": (NCHW, {"x": zeros(1, 7), "y": zeros(1, 3)}, ("classify", None, "y")),
}  # fmt: skip


@pytest.mark.parametrize("kind", READ)
def test_each_known_shape_is_read(kind: str, tmp_path: Path) -> None:
    sides, outputs, expected, *labels = READ[kind]
    found = of(tmp_path, samples.constant_model(sides, **outputs), labels=labels[0] if labels else THREE)
    values = (found["task"], found["output.decoding"], found["output.name"])
    assert all(wanted in (None, value) for wanted, value in zip(expected, values, strict=False))


def test_findings_state_which_values_are_guessed(tmp_path: Path) -> None:
    found = {field: finding.source for field, finding in proposed(tmp_path, NCHW, scores=zeros(1, 3) - 1)}
    assert found["input.size"] == found["task"] == found["labels"] == "found"
    assert found["input.mean"] == found["input.resize"] == found["output.decoding"] == found["name"] == "guessed"


def test_the_usual_normalization_is_guessed_by_the_kind_of_model(tmp_path: Path) -> None:
    assert proposed(tmp_path, NCHW, scores=zeros(1, 3) - 1)["input.mean"] == [123.675, 116.28, 103.53]
    assert proposed(tmp_path, NHWC, scores=zeros(1, 3) - 1)["input.std"] == [127.5] * 3
    assert proposed(tmp_path, NCHW, boxes=zeros(1, 7, CELLS))["input.std"] == [255.0] * 3
    assert proposed(tmp_path, NCHW, boxes=zeros(1, CELLS, 8))["input.std"] == [1.0] * 3


def test_given_fields_take_precedence(tmp_path: Path) -> None:
    given = {"name": "mine", "input.channels": "BGR", "output.temperature": 2.0, "output.decoding": "probabilities"}
    found = proposed(tmp_path, NCHW, given, scores=zeros(1, 3) - 1)
    assert {field: found[field] for field in given} == given
    assert found.to_dict()["output"]["temperature"] == 2.0


def test_a_size_the_file_leaves_open_is_guessed_or_given(tmp_path: Path) -> None:
    sides = ["batch", 3, "height", "width"]
    assert proposed(tmp_path, sides, scores=zeros(1, 3))["input.size"] == [224, 224]
    assert proposed(tmp_path, sides, {"input.size": [96, 64]}, scores=zeros(1, 3))["input.size"] == [96, 64]


def test_ultralytics_metadata_gives_labels_and_license(tmp_path: Path) -> None:
    model = samples.constant_model(NCHW, boxes=zeros(1, 6, CELLS))
    for key, value in {"names": "{0: 'goat', 1: 'sheep'}", "license": "AGPL-3.0"}.items():
        model.metadata_props.add(key=key, value=value)
    found = of(tmp_path, model, labels=None)
    assert (found["labels"], found["license"]) == (["goat", "sheep"], "AGPL-3.0")


def ultralytics(model: onnx.ModelProto, **metadata: str) -> onnx.ModelProto:
    for key, value in {"author": "Ultralytics", "names": "{0: 'a', 1: 'b', 2: 'c'}", **metadata}.items():
        model.metadata_props.add(key=key, value=value)
    return model


@pytest.mark.parametrize("size", ["[96, 64]", "[96,64]", "(96, 64)"])
def test_the_size_that_ultralytics_states_precedes_a_guess(tmp_path: Path, size: str) -> None:
    model = samples.constant_model(["batch", 3, "height", "width"], boxes=zeros(1, 7, 126))
    found = dict(of(tmp_path, ultralytics(model, task="detect", imgsz=size), labels=None))
    assert found["input.size"] == ([96, 64], "found", "Ultralytics' metadata")
    assert found["input.resize"].source == "found"


def test_the_task_that_ultralytics_states_precedes_a_guess(tmp_path: Path) -> None:
    model = samples.constant_model(NCHW, output0=zeros(1, 3) + 0.3)
    found = of(tmp_path, ultralytics(model, task="classify"), labels=None)
    assert (found["input.mean"], found["input.std"], found["input.resize"]) == ([0] * 3, [255] * 3, "cover")


@pytest.mark.parametrize(("task", "reason"), [("obb", "oriented boxes"), ("pose", "keypoints")])
def test_a_task_that_no_detection_holds_is_refused_by_its_name(tmp_path: Path, task: str, reason: str) -> None:
    model = ultralytics(samples.constant_model(NCHW, output0=zeros(1, 8, CELLS)), task=task)
    with pytest.raises(TrialError, match=reason) as caught:
        of(tmp_path, model, labels=None)
    assert caught.value.code == "unsupported_output"


def test_metadata_that_is_no_list_of_names_is_ignored(tmp_path: Path) -> None:
    model = samples.constant_model(NCHW, scores=zeros(1, 3))
    model.metadata_props.add(key="names", value="__import__('os')")
    with pytest.raises(TrialError, match="needs 3 labels and its file holds none"):
        of(tmp_path, model, labels=None)


def test_a_name_is_made_of_the_file_s(tmp_path: Path) -> None:
    assert proposed(tmp_path, NCHW, scores=zeros(1, 3))["name"] == "my-model"


REFUSED = {
    "gray pictures": ([1, 1, 64, 64], {"scores": zeros(1, 3)}, "unsupported_input", "three colors"),
    "no picture": ([1, 300], {"scores": zeros(1, 3)}, "unsupported_input", "four dimensions"),
    "eight at once": ([8, 3, 64, 64], {"scores": zeros(8, 3)}, "unsupported_input", "8 pictures at once"),
    "too few labels": (NCHW, {"scores": zeros(1, 4)}, "label_count", "has 4 labels and labels.txt holds 3"),
    "a label nobody named": (NCHW, {"map": zeros(1, 64, 64, dtype=np.int64) + 3}, "label_count", "the label 3"),
    "a picture": (NCHW, {"picture": zeros(1, 3, 64, 64)}, "unsupported_output", "pictures of pictures"),
    "YOLOv5 that is not decoded": (NCHW, {"a": zeros(1, 3, 8, 8, 8)}, "unsupported_output", "is no known output"),
    "all is text": (NCHW, {"a": np.array([["cat"]], object)}, "unsupported_output", "is no known output"),
    "not a number": (NCHW, {"scores": zeros(1, 3) + np.nan}, "not_a_number", "NaN"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_an_unreadable_output_is_refused_with_a_remedy(kind: str, tmp_path: Path) -> None:
    sides, outputs, code, reason = REFUSED[kind]
    error = refusal(tmp_path, sides, **outputs)
    assert error.code == code
    assert reason in error.detail


def test_a_task_that_the_output_does_not_support_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, NCHW, {"task": "detect"}, scores=zeros(1, 3))
    assert (error.code, "for task detect" in error.detail) == ("unsupported_output", True)
