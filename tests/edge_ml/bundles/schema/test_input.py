"""The input tensor made of pixels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_ml.bundles.bundle import BundleError, ModelBundle
from tests.edge_ml import samples

PIXELS = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
MEAN, STD = np.array([10.0, 20.0, 30.0]), np.array([2.0, 4.0, 8.0])


def tensor(folder: Path, **changed: Any) -> NDArray[Any]:
    described = samples.with_input(**{"mean": MEAN.tolist(), "std": STD.tolist()} | changed)
    return ModelBundle.load(samples.bundle(folder, **described)).input.tensor(PIXELS)


@pytest.mark.parametrize("channels", ["RGB", "BGR"])
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_floats_are_normalized_channel_by_channel(tmp_path: Path, layout: str, channels: str) -> None:
    result = tensor(tmp_path, layout=layout, channels=channels)
    seen = PIXELS if channels == "RGB" else PIXELS[:, :, ::-1]
    expected = ((seen - MEAN) / STD)[None]
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected if layout == "NHWC" else expected.transpose(0, 3, 1, 2), rtol=1e-4)


@pytest.mark.parametrize("channels", ["RGB", "BGR"])
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_bytes_are_fed_raw(tmp_path: Path, layout: str, channels: str) -> None:
    result = tensor(tmp_path, layout=layout, channels=channels, dtype="uint8")
    seen = (PIXELS if channels == "RGB" else PIXELS[:, :, ::-1])[None]
    assert result.dtype == np.uint8
    assert result.flags.c_contiguous
    np.testing.assert_array_equal(result, seen if layout == "NHWC" else seen.transpose(0, 3, 1, 2))


@pytest.mark.parametrize(
    ("task", "decoding", "least"), [("classify", "logits", 48), ("detect", "yolov8", 64), ("segment", "class_map", 64)]
)
def test_a_class_needs_fewer_pixels_than_a_place(tmp_path: Path, task: str, decoding: str, least: int) -> None:
    fit = ModelBundle.load(samples.bundle(tmp_path, task=task, output={"name": "logits", "decoding": decoding})).fit
    assert fit.least_decoded == (least, least)


def test_a_bundle_may_say_how_many_pixels_it_needs(tmp_path: Path) -> None:
    fit = ModelBundle.load(samples.bundle(tmp_path, **samples.with_input(oversampling=4, size=[32, 48]))).fit
    assert fit.least_decoded == fit.transposed().least_decoded == (192, 192)


@pytest.mark.parametrize("wrong", [0.5, 9, "2", None])
def test_a_number_of_pixels_that_makes_no_sense_is_refused(tmp_path: Path, wrong: object) -> None:
    with pytest.raises(BundleError, match=r"input\.oversampling must be a number from 1 to 8"):
        ModelBundle.load(samples.bundle(tmp_path, **samples.with_input(oversampling=wrong)))
