"""The decoders of YOLO, on models with known outputs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_ml.bundles.bundle import BundleError, ModelBundle
from edge_ml.image_error import ImageError
from edge_ml.inference.model import Model
from edge_ml.pictures.decode import Picture
from tests.edge_ml import samples

SIDE, CELLS = 64, 8 * 8 + 4 * 4 + 2 * 2
PICTURE = Picture(np.zeros((SIDE, SIDE, 3), np.uint8), (200, 100))


def model(folder: Path, decoding: str, output: NDArray[np.float32]) -> Model:
    described = samples.with_input(size=[SIDE, SIDE], resize="letterbox") | samples.with_output(
        name="boxes", decoding=decoding
    )
    file = samples.constant_model([1, 3, SIDE, SIDE], boxes=output[None].astype(np.float32))
    return Model(ModelBundle.load(samples.bundle(folder, model=file, task="detect", **described)))


def detections(folder: Path, decoding: str, output: NDArray[np.float32]) -> Any:
    return model(folder, decoding, output).detections(PICTURE)


def cells(*rows: tuple[int, list[float]]) -> NDArray[np.float32]:
    """Return an output of YOLOX with only these rows."""
    output = np.zeros((CELLS, 5 + 3), np.float32)
    for at, row in rows:
        output[at] = row
    return output


def anchors(*columns: list[float]) -> NDArray[np.float32]:
    """Return an output of YOLOv8 with only these columns."""
    output = np.zeros((4 + 3, CELLS), np.float32)
    output[:, : len(columns)] = np.array(columns).T
    return output


@pytest.mark.parametrize(
    ("cell", "stride", "x", "y"),
    [(2 * 8 + 3, 8, 3, 2), (64 + 1 * 4 + 2, 16, 2, 1), (64 + 16 + 3, 32, 1, 1)],
)
def test_yolox_counts_from_its_cell_in_strides(tmp_path: Path, cell: int, stride: int, x: int, y: int) -> None:
    (found,) = detections(tmp_path, "yolox", cells((cell, [0.5, 0.25, np.log(1.5), np.log(0.5), 0.8, 0.1, 0.9, 0.2])))
    left, top = (x + 0.5 - 0.75) * stride / SIDE, (y + 0.25 - 0.25) * stride / SIDE
    on_picture = {"left": max(left, 0), "top": max((top - 0.25) * 2, 0)}  # 16 rows of padding above
    assert found["label"] == "green"
    assert found["confidence"] == pytest.approx(0.8 * 0.9)
    assert {side: found["box"][side] for side in on_picture} == pytest.approx(on_picture, abs=1e-5)
    assert found["box"]["width"] == pytest.approx(min(1.5 * stride / SIDE, 1 - max(left, 0)), abs=1e-5)


def test_yolov8_gives_center_and_sides_in_pixels(tmp_path: Path) -> None:
    (found,) = detections(tmp_path, "yolov8", anchors([32, 32, 16, 8, 0.1, 0.2, 0.7]))
    assert (found["label"], found["confidence"]) == ("blue", pytest.approx(0.7))
    assert found["box"] == pytest.approx({"left": 0.375, "top": 0.375, "width": 0.25, "height": 0.25})


def test_unlikely_proposals_are_dropped(tmp_path: Path) -> None:
    (found,) = detections(tmp_path, "yolov8", anchors([16, 32, 16, 8, 0.04, 0, 0], [48, 32, 16, 8, 0.06, 0, 0]))
    assert found["confidence"] == pytest.approx(0.06)
    assert detections(tmp_path / "x", "yolox", cells((0, [0, 0, 0, 0, 0.2, 0.2, 0, 0]))) == []


def test_an_object_proposed_many_times_is_detected_once(tmp_path: Path) -> None:
    many = anchors(*([32 + n / 4, 32, 16, 16, 0.5 + n / 100, 0, 0] for n in range(8)))
    assert [detection["confidence"] for detection in detections(tmp_path, "yolov8", many)] == pytest.approx([0.57])


@pytest.mark.parametrize("wild", [1e30, -1e30])
def test_a_wild_box_ends_at_the_picture_s_sides(tmp_path: Path, wild: float) -> None:
    found = detections(tmp_path, "yolox", cells((70, [0.5, 0.5, wild, 1e30, 0.9, 0.9, 0, 0])))
    for detection in found:
        assert detection["box"] == {"left": 0, "top": 0, "width": 1, "height": 1}
    assert bool(found) == (wild > 0)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([0.5, 0.5, np.nan, 0, 0.9, 0.9, 0, 0], "NaN or infinity"),
        ([0.5, 0.5, 0, np.inf, 0.9, 0.9, 0, 0], "NaN or infinity"),
        ([0.5, 0.5, 0, 0, 0.9, np.nan, 0, 0], "NaN or infinity"),
        ([0.5, 0.5, 0, 0, 7, 0.9, 0, 0], "not probabilities"),
        ([0.5, 0.5, 0, 0, 0.9, 9, 0, 0], "not probabilities"),
    ],
)
def test_an_output_out_of_range_is_a_failure_of_the_model(tmp_path: Path, row: list[float], reason: str) -> None:
    with pytest.raises(ImageError, match=reason) as caught:
        detections(tmp_path, "yolox", cells((9, row)))
    assert caught.value.code == "model_failed"


@pytest.mark.parametrize(("decoding", "shape"), [("yolox", (84, 7)), ("yolox", (85, 8)), ("yolov8", (8, 84))])
def test_an_output_for_other_labels_or_another_size_is_refused(
    tmp_path: Path, decoding: str, shape: tuple[int, int]
) -> None:
    with pytest.raises(BundleError, match="output 'boxes' is"):
        model(tmp_path, decoding, np.zeros(shape, np.float32))


@pytest.mark.parametrize(("decoding", "output"), [("yolox", cells()), ("yolov8", anchors([32, 32, 16, 8, 0, 0, 0]))])
def test_a_picture_with_nothing_on_it_has_no_detections(
    tmp_path: Path, decoding: str, output: NDArray[np.float32]
) -> None:
    assert detections(tmp_path, decoding, output) == []
