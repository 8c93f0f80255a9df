"""The decoders of detectors of other families, each compared with the formula of the family's own code."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.image_error import ImageError
from edge_ml.inference.model import Model
from edge_ml.pictures.decode import Picture
from tests.edge_ml import samples

WIDTH, HEIGHT = SIZE = (128, 64)
PICTURE = Picture(np.zeros((HEIGHT, WIDTH, 3), np.uint8), (256, 128))
CAT, DOG, BIRD = LABELS = ("cat", "dog", "bird")
BOX = {"left": 0.25, "top": 0.25, "width": 0.5, "height": 0.25}
"""The box of most tests: 32 to 96 pixels across, 16 to 32 down."""
CENTER_PX, CENTER, CORNERS_PX = [64.0, 24, 64, 16], [0.5, 0.375, 0.5, 0.25], [32.0, 16, 96, 32]
TOP_FIRST = [0.25, 0.25, 0.5, 0.75]


def found(folder: Path, decoding: str, fields: dict[str, Any] | None = None, **outputs: Any) -> Any:
    described = samples.with_input(size=[HEIGHT, WIDTH]) | samples.with_output(
        name=next(iter(outputs)), decoding=decoding, **(fields or {})
    )
    file = samples.constant_model([1, 3, HEIGHT, WIDTH], **outputs)
    bundle = samples.bundle(folder, model=file, task="detect", labels=list(LABELS), **described)
    detections: Any = Model(ModelBundle.load(bundle)).detections(PICTURE)
    return [(detection["label"], detection["confidence"], detection["box"]) for detection in detections]


def rows(*values: list[float]) -> NDArray[np.float32]:
    return np.array([values], np.float32)


@pytest.mark.parametrize("decoding", ["yolov5", "yolox_decoded"])
def test_objectness_times_score_in_pixels(tmp_path: Path, decoding: str) -> None:
    output = rows([*CENTER_PX, 0.5, 0.1, 0.8, 0.2], [65.0, 24, 64, 16, 0.5, 0.1, 0.7, 0.2], [0, 0, 1, 1, 0.04, 1, 1, 1])
    assert found(tmp_path, decoding, boxes=output) == [(DOG, pytest.approx(0.4), pytest.approx(BOX))]


def test_yolov8_with_its_last_two_sides_exchanged(tmp_path: Path) -> None:
    output = rows(*[[*CENTER_PX, 0.1, 0.2, 0.7]], *[[0.0] * 7] * 20)
    assert found(tmp_path, "yolov8", boxes=output) == [(BIRD, pytest.approx(0.7), pytest.approx(BOX))]


def test_queries_of_rt_detr_are_not_suppressed_and_may_have_two_labels(tmp_path: Path) -> None:
    output = rows([*CENTER, 0.9, 0.6, 0], [*CENTER, 0, 0, 0.8])
    assert found(tmp_path, "rtdetr", boxes=output) == [
        (CAT, pytest.approx(0.9), pytest.approx(BOX)),
        (BIRD, pytest.approx(0.8), pytest.approx(BOX)),
        (DOG, pytest.approx(0.6), pytest.approx(BOX)),
    ]


def test_detr_has_a_last_score_for_no_object(tmp_path: Path) -> None:
    logits = rows([0, np.log(6), 0, np.log(2)], [0, 0, 0, 20])
    seen = found(tmp_path, "detr", {"boxes": "pred_boxes"}, logits=logits, pred_boxes=rows(CENTER, CENTER))
    assert seen == [
        (DOG, pytest.approx(0.6), pytest.approx(BOX)),
        (CAT, pytest.approx(0.1), pytest.approx(BOX)),
        (BIRD, pytest.approx(0.1), pytest.approx(BOX)),
    ]


def test_deformable_detr_judges_each_label_for_itself(tmp_path: Path) -> None:
    logits = rows([np.log(3), -9, np.log(4)], [-9, -9, -9])
    seen = found(tmp_path, "deformable_detr", {"boxes": "pred_boxes"}, logits=logits, pred_boxes=rows(CENTER, CENTER))
    assert seen == [(BIRD, pytest.approx(0.8), pytest.approx(BOX)), (CAT, pytest.approx(0.75), pytest.approx(BOX))]


def test_yolo_nas_gives_corners_in_pixels_before_suppression(tmp_path: Path) -> None:
    scores = rows([0.9, 0, 0], [0.8, 0, 0], [0, 0.7, 0])
    seen = found(
        tmp_path, "boxes_and_scores", {"boxes": "xyxy"}, scores=scores, xyxy=rows(CORNERS_PX, CORNERS_PX, CORNERS_PX)
    )
    assert seen == [(CAT, pytest.approx(0.9), pytest.approx(BOX)), (DOG, pytest.approx(0.7), pytest.approx(BOX))]


@pytest.mark.parametrize(
    "output",
    [
        rows([*CORNERS_PX, 0.3, 0], [*CORNERS_PX, 0.9, 2], [0, 0, 0, 0, 0, 0]),
        np.array([[0, *CORNERS_PX, 0, 0.3], [0, *CORNERS_PX, 2, 0.9]], np.float32),
        np.array([[*CORNERS_PX, 0.3, 0], [*CORNERS_PX, 0.9, 2]], np.float32),
    ],
    ids=["YOLO26", "YOLOv7", "no batch"],
)
def test_finished_boxes_of_yolo(tmp_path: Path, output: NDArray[Any]) -> None:
    seen = found(tmp_path, "end2end", boxes=output)
    assert seen == [(BIRD, pytest.approx(0.9), pytest.approx(BOX)), (CAT, pytest.approx(0.3), pytest.approx(BOX))]


def test_tensorflow_counts_from_1_and_writes_the_top_first(tmp_path: Path) -> None:
    outputs = {"scores": rows([0.9, 0.4, 0])[0], "xy": rows(TOP_FIRST, TOP_FIRST, [0] * 4), "what": rows([2, 1, 0])[0]}
    fields = {"boxes": "xy", "classes": "what", "first_class": 1}
    seen = found(tmp_path, "ssd", fields, **outputs)
    assert seen == [(DOG, pytest.approx(0.9), pytest.approx(BOX)), (CAT, pytest.approx(0.4), pytest.approx(BOX))]


def test_torchvision_has_whole_numbers_and_no_batch(tmp_path: Path) -> None:
    outputs = {"scores": np.array([0.9], np.float32), "xy": rows(CORNERS_PX)[0], "what": np.array([3])}
    fields = {"boxes": "xy", "classes": "what", "first_class": 1}
    assert found(tmp_path, "torchvision", fields, **outputs) == [(BIRD, pytest.approx(0.9), pytest.approx(BOX))]


def test_a_detector_may_find_nothing(tmp_path: Path) -> None:
    fields = {"boxes": "xy", "classes": "what"}
    empty = {"scores": np.zeros(0, np.float32), "xy": np.zeros((0, 4), np.float32), "what": np.zeros(0, np.int64)}
    assert found(tmp_path, "torchvision", fields, **empty) == []
    assert found(tmp_path / "yolo", "end2end", boxes=np.zeros((0, 7), np.float32)) == []


@pytest.mark.parametrize("number", [-1, 3])
def test_a_label_out_of_range_is_a_failure_of_the_model(tmp_path: Path, number: int) -> None:
    with pytest.raises(ImageError, match=rf"has the label {number}, counted from 0; there are 3"):
        found(tmp_path, "end2end", boxes=rows([*CORNERS_PX, 0.9, number]))


def test_columns_of_different_lengths_are_a_failure_of_the_model(tmp_path: Path) -> None:
    outputs = {"scores": np.zeros(2, np.float32), "xy": rows(CORNERS_PX)[0], "what": np.array([3])}
    with pytest.raises(ImageError, match="1 boxes, 2 scores and 1 labels"):
        found(tmp_path, "torchvision", {"boxes": "xy", "classes": "what"}, **outputs)
