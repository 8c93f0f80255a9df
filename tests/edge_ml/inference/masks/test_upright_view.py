"""The pixels of a model's output on the upright picture."""

from typing import Any

import numpy as np
import pytest

from edge_ml.inference.masks.upright_view import MAX_SIDE, UprightView
from edge_ml.pictures.letterbox import Fit

INPUT, OUTPUT = (64, 64), (16, 16)


def view(resize: str, source: tuple[int, int]) -> UprightView:
    return UprightView(Fit(INPUT, resize), source, OUTPUT)


def numbered() -> np.ndarray[Any, Any]:
    return np.arange(16 * 16).reshape(OUTPUT)


@pytest.mark.parametrize(
    ("resize", "source", "rows", "columns"),
    [
        ("stretch", (200, 100), range(16), range(16)),
        ("letterbox", (200, 100), range(4, 12), range(16)),
        ("letterbox", (100, 200), range(16), range(4, 12)),
        ("letterbox_corner", (200, 100), range(8), range(16)),
    ],
)
def test_padding_is_no_part_of_the_picture(resize: str, source: tuple[int, int], rows: range, columns: range) -> None:
    np.testing.assert_array_equal(view(resize, source).resample(numbered(), -1), numbered()[np.ix_(rows, columns)])


def test_unseen_parts_of_the_picture_are_empty() -> None:
    upright = view("cover", (200, 100)).resample(numbered(), -1)
    assert upright.shape == (16, 32)
    np.testing.assert_array_equal(upright[:, 8:24], numbered())
    assert (upright[:, :8] == -1).all()
    assert (upright[:, 24:] == -1).all()


@pytest.mark.parametrize("resize", ["stretch", "cover", "letterbox", "letterbox_corner"])
@pytest.mark.parametrize("source", [(1, 20_000), (20_000, 1), (1, 1), (333, 1001)])
def test_pictures_of_any_shape_can_be_seen(resize: str, source: tuple[int, int]) -> None:
    upright = view(resize, source).resample(numbered(), -1)
    assert 1 <= min(upright.shape) <= max(upright.shape) <= MAX_SIDE
    assert upright.max() >= 0 or resize == "cover"  # of a thread only a hair is seen


@pytest.mark.parametrize(
    ("resize", "left", "right"),
    [("stretch", 0.25, 0.75), ("cover", 0.375, 0.625), ("letterbox", 0.25, 0.75), ("letterbox_corner", 0.25, 0.75)],
)
def test_an_outline_is_placed_on_the_picture(resize: str, left: float, right: float) -> None:
    score_map = np.full(OUTPUT, -1.0)
    score_map[:, 4:12] = 1
    (outline,) = view(resize, (200, 100)).outlines(score_map, 200)
    x, y = zip(*outline, strict=True)
    assert (min(x), max(x)) == (left, right)
    assert (min(y), max(y)) == (0, 1)


def test_the_padding_has_no_outline() -> None:
    score_map = np.full(OUTPUT, -1.0)
    score_map[:3] = 1
    assert view("letterbox", (200, 100)).outlines(score_map, 200) == []
