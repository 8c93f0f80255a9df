"""Semantic segmentation, on models with known outputs."""

import json
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

SIDE, LABELS = 64, ["background", "horse", "goat"]
Y, X = np.mgrid[:SIDE, :SIDE] + 0.5


def disc(x: float, y: float, radius: float) -> NDArray[Any]:
    return np.asarray(radius - np.hypot(X - x, Y - y))


def scores(**regions: NDArray[Any]) -> NDArray[np.float32]:
    """Return scores, (labels, H, W) float32; the background scores zero everywhere."""
    planes = [regions.get(label, np.full((SIDE, SIDE), 0.0 if label == "background" else -9.0)) for label in LABELS]
    return np.stack(planes).astype(np.float32)


def model(folder: Path, array: NDArray[Any], decoding: str, layout: str, **output: Any) -> Model:
    sides = [1, 3, SIDE, SIDE] if layout == "NCHW" else [1, SIDE, SIDE, 3]
    described = samples.with_input(size=[SIDE, SIDE], layout=layout) | samples.with_output(
        **{"name": "mask", "decoding": decoding} | output
    )
    file = samples.constant_model(sides, mask=array)
    return Model(ModelBundle.load(samples.bundle(folder, model=file, task="segment", labels=LABELS, **described)))


def detections(
    folder: Path, array: NDArray[Any], decoding: str = "class_scores", layout: str = "NCHW", **output: Any
) -> Any:
    picture = Picture(np.zeros((SIDE, SIDE, 3), np.uint8), (128, 64))
    return model(folder, array, decoding, layout, **output).detections(picture)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_each_label_is_one_detection_with_its_box_its_outline_and_its_mask(tmp_path: Path, layout: str) -> None:
    horse, goat = disc(20, 32, 12), disc(50, 20, 8)
    planes = scores(horse=horse, goat=goat)
    array = planes if layout == "NCHW" else np.moveaxis(planes, 0, -1)
    found = {detection["label"]: detection for detection in detections(tmp_path, array[None], layout=layout)}
    assert set(found) == {"horse", "goat"}
    assert samples.mask(found["horse"]).tolist() == (horse > 0).tolist()
    assert samples.mask(found["goat"]).tolist() == (goat > 0).tolist()
    around = {"left": 8 / 64, "top": 20 / 64, "width": 24 / 64, "height": 24 / 64}
    assert found["horse"]["box"] == pytest.approx(around, abs=1e-4)
    points = np.array(found["horse"]["outline"][0]) * SIDE
    assert np.hypot(*(points - (20, 32)).T) == pytest.approx(12, abs=0.15)


def test_the_confidence_is_the_mean_probability_of_the_pixels(tmp_path: Path) -> None:
    flat = np.where(X < 32, np.log(3.0), -9.0)
    (found,) = detections(tmp_path, scores(horse=flat, goat=np.full((SIDE, SIDE), -99.0))[None])
    assert found["confidence"] == pytest.approx(0.75)


def test_where_three_labels_meet_the_outline_is_where_the_best_changes(tmp_path: Path) -> None:
    """No label has a probability of one half there."""
    planes = scores(background=np.zeros((SIDE, SIDE)), horse=(32 - X) / 99, goat=(X - 32) / 99)
    found = {detection["label"]: detection for detection in detections(tmp_path, planes[None])}
    assert max(x for x, _ in found["horse"]["outline"][0]) == pytest.approx(0.5, abs=0.01)
    assert min(x for x, _ in found["goat"]["outline"][0]) == pytest.approx(0.5, abs=0.01)
    assert found["horse"]["confidence"] < 0.5


def test_the_background_may_be_any_label(tmp_path: Path) -> None:
    (found,) = detections(
        tmp_path, scores(horse=np.full((SIDE, SIDE), 5.0), goat=disc(30, 30, 9) + 5)[None], background=1
    )
    assert found["label"] == "goat"


def test_a_speck_is_not_seen(tmp_path: Path) -> None:
    speck, two = np.full((2, SIDE, SIDE), -9.0)
    speck[5, 5] = two[5, 5:8] = 9
    assert detections(tmp_path, scores(horse=speck)[None]) == []
    assert len(detections(tmp_path / "x", scores(horse=two)[None])) == 1


@pytest.mark.parametrize("kind", ["uint8", "int32", "int64"])
def test_a_class_map_is_read_with_full_confidence(tmp_path: Path, kind: str) -> None:
    horse = disc(20, 32, 12) > 0
    (found,) = detections(tmp_path, horse.astype(kind)[None], "class_map", "NHWC")
    assert (found["label"], found["confidence"]) == ("horse", 1)
    assert samples.mask(found).tolist() == horse.tolist()
    points = np.array(found["outline"][0]) * SIDE
    assert np.hypot(*(points - (20, 32)).T) == pytest.approx(12, abs=0.8)


@pytest.mark.parametrize(("layout", "axis"), [("NCHW", 1), ("NHWC", 3)])
def test_a_class_map_may_have_a_channel(tmp_path: Path, layout: str, axis: int) -> None:
    labels = np.expand_dims((disc(20, 32, 12) > 0).astype(np.int64)[None], axis)
    assert [detection["label"] for detection in detections(tmp_path, labels, "class_map", layout)] == ["horse"]


def test_a_class_without_a_label_is_a_failure_of_the_model(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="the label 255; there are 3") as caught:
        detections(tmp_path, np.full((1, SIDE, SIDE), 255, np.uint8), "class_map")
    assert caught.value.code == "model_failed"


def test_scores_that_are_no_numbers_are_a_failure_of_the_model(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="NaN or infinity"):
        detections(tmp_path, scores(horse=np.full((SIDE, SIDE), np.nan))[None])


@pytest.mark.filterwarnings("ignore:overflow")
def test_scores_as_large_as_numbers_go_still_make_a_region(tmp_path: Path) -> None:
    planes = scores(horse=np.where(X < 32, 3e38, -3e38), background=np.where(X < 32, -3e38, 3e38))
    (found,) = detections(tmp_path, planes[None])
    assert found["confidence"] == 1
    assert found["box"] == {"left": 0, "top": 0, "width": 0.5, "height": 1}


@pytest.mark.parametrize(
    ("array", "decoding", "reason"),
    [
        (np.zeros((1, 4, SIDE, SIDE), np.float32), "class_scores", r"asks for \[1, 3, \?, \?\]"),
        (np.zeros((1, SIDE, SIDE, 3), np.float32), "class_scores", r"asks for \[1, 3, \?, \?\]"),
        (np.zeros((1, SIDE, SIDE), np.float32), "class_map", r"is tensor\(float\), not tensor\(uint8\)"),
    ],
)
def test_an_output_of_another_kind_is_refused(tmp_path: Path, array: NDArray[Any], decoding: str, reason: str) -> None:
    with pytest.raises(BundleError, match=reason):
        model(tmp_path, array, decoding, "NCHW")


def test_noise_does_not_outgrow_a_row_of_a_table(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 3, (1, 400, 400))
    found = detections(tmp_path, noise, "class_map")
    assert len(json.dumps(found)) < 250_000
    assert ["mask" in detection for detection in found] == [True, False]
    assert all(detection["box"] and detection["outline"] for detection in found)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize(
    ("labels", "background"), [(["goat"], 0), (["background", "goat"], 0), (["goat", "background"], 1)]
)
def test_one_score_per_pixel_is_the_region_of_the_label(
    tmp_path: Path, layout: str, labels: list[str], background: int
) -> None:
    goat = disc(20, 32, 12)
    array = goat.astype(np.float32)[None, None] if layout == "NCHW" else goat.astype(np.float32)[None, ..., None]
    sides = [1, 3, SIDE, SIDE] if layout == "NCHW" else [1, SIDE, SIDE, 3]
    output = {"name": "mask", "decoding": "mask_logits", "background": background}
    described = samples.with_input(size=[SIDE, SIDE], layout=layout) | samples.with_output(**output)
    file = samples.constant_model(sides, mask=array)
    bundle = samples.bundle(tmp_path, model=file, task="segment", labels=labels, **described)
    (found,) = Model(ModelBundle.load(bundle)).detections(Picture(np.zeros((SIDE, SIDE, 3), np.uint8), (64, 64)))
    assert found["label"] == "goat"
    assert samples.mask(found).tolist() == (goat >= 0).tolist()


def test_a_mask_of_probabilities_has_a_threshold(tmp_path: Path) -> None:
    plane = np.where(disc(20, 32, 12) > 0, 0.9, 0.6).astype(np.float32)
    output = {"name": "mask", "decoding": "mask_probabilities", "threshold": 0.7}
    described = samples.with_input(size=[SIDE, SIDE]) | samples.with_output(**output)
    file = samples.constant_model([1, 3, SIDE, SIDE], mask=plane[None, None])
    bundle = samples.bundle(tmp_path, model=file, task="segment", labels=["goat"], **described)
    (found,) = Model(ModelBundle.load(bundle)).detections(Picture(np.zeros((SIDE, SIDE, 3), np.uint8), (64, 64)))
    assert found["confidence"] == pytest.approx(0.9)
    assert samples.mask(found).tolist() == (plane > 0.7).tolist()


def test_a_mask_has_at_most_two_labels(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="for one mask"):
        model(tmp_path, np.zeros((1, 1, SIDE, SIDE), np.float32), "mask_logits", "NCHW")
