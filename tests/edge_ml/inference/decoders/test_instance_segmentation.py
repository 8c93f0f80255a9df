"""The instance segmentation of YOLOv8, on models with known outputs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.image_error import ImageError
from edge_ml.inference.model import Model
from edge_ml.pictures.decode import Picture
from tests.edge_ml import samples

SIDE, PROTOTYPE = 64, 16
Y, X = (np.mgrid[:PROTOTYPE, :PROTOTYPE] + 0.5) * SIDE / PROTOTYPE
LEFT_OF = [(16 - X) / 4, (48 - X) / 4]
"""Two prototypes: positive to the left of 16, and of 48, in pixels of the input."""


def detections(
    folder: Path, *anchors: list[float], prototypes: Any = LEFT_OF, source: tuple[int, int] = (64, 64)
) -> Any:
    outputs = {"boxes": np.array(anchors).T[None], "masks": np.array(prototypes)[None]}
    file = samples.constant_model(
        [1, 3, SIDE, SIDE], **{name: output.astype(np.float32) for name, output in outputs.items()}
    )
    described = samples.with_input(size=[SIDE, SIDE], resize="letterbox") | samples.with_output(
        name="boxes", decoding="yolov8", masks="masks"
    )
    bundle = samples.bundle(folder, model=file, task="segment", **described)
    return Model(ModelBundle.load(bundle)).detections(Picture(np.zeros((SIDE, SIDE, 3), np.uint8), source))


def spanned(found: dict[str, Any]) -> tuple[float, float, float, float]:
    x, y = zip(*found["outline"][0], strict=True)
    return min(x), min(y), max(x), max(y)


def test_a_mask_is_the_weighted_sum_of_the_prototypes_within_its_box(tmp_path: Path) -> None:
    (found,) = detections(tmp_path, [32, 32, 64, 32, 0.9, 0, 0, 0, 1])
    assert found["label"] == "red"
    expected = (X < 48) & (Y > 16) & (Y < 48)
    assert samples.mask(found).tolist() == expected.tolist()
    assert spanned(found) == pytest.approx((0, 0.25, 0.75, 0.75), abs=0.01)
    assert found["box"] == {"left": 0, "top": 0.25, "width": 1, "height": 0.5}


def test_each_object_has_its_own_mask(tmp_path: Path) -> None:
    objects = [32, 16, 64, 32, 0.9, 0, 0, 1, 0], [32, 48, 64, 32, 0, 0.8, 0, -1, 0]
    left, right = detections(tmp_path, *objects)
    assert spanned(left) == pytest.approx((0, 0, 0.25, 0.5), abs=0.01)
    assert spanned(right) == pytest.approx((0.25, 0.5, 1, 1), abs=0.01)


def test_masks_are_placed_on_the_upright_picture(tmp_path: Path) -> None:
    (found,) = detections(tmp_path, [32, 32, 64, 64, 0.9, 0, 0, 0, 1], source=(200, 100))
    assert found["mask"]["size"] == [PROTOTYPE // 2, PROTOTYPE]
    assert spanned(found) == pytest.approx((0, 0, 0.75, 1), abs=0.01)


def test_an_object_with_an_empty_mask_keeps_its_box(tmp_path: Path) -> None:
    (found,) = detections(tmp_path, [56, 32, 16, 16, 0.9, 0, 0, 1, 0])
    assert found["outline"] == []
    assert not samples.mask(found).any()
    assert found["box"]["left"] == pytest.approx(0.75)


def test_labels_that_leave_other_weights_than_there_are_prototypes_are_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="10 values per anchor are not 7 for the box and 2 for the mask") as caught:
        detections(tmp_path, [32, 32, 64, 64, 0.9, 0, 0, 0, 0, 1])
    assert caught.value.code == "model_failed"


def test_prototypes_that_are_no_numbers_are_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="NaN or infinity"):
        detections(tmp_path, [32, 32, 64, 64, 0.9, 0, 0, 0, 1], prototypes=np.full((2, 16, 16), np.nan))
