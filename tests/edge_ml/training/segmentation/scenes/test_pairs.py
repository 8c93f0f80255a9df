"""Photographs with masks, and their splits."""

from pathlib import Path

import numpy as np
import pytest

from edge_ml.training.data.photographs import DataError
from edge_ml.training.segmentation.scenes.pairs import ANIMAL, MAX_SIDE, horse_files, horse_pair, paths_in_split
from tests.edge_ml.training.segmentation.pictures import red_on_blue, redness


def test_no_photograph_is_on_two_sides(data: Path) -> None:
    sides = [set(horse_files(data, split)) for split in ("train", "validation", "test")]
    assert [len(side) for side in sides] == [41, 3, 6]
    assert len(set.union(*sides)) == 50


def test_the_split_depends_on_nothing_but_the_names(data: Path) -> None:
    paths = horse_files(data, "train") + horse_files(data, "test")
    assert set(paths_in_split(paths, "test")) == set(paths_in_split(paths[::-1], "test"))


def test_a_photograph_comes_with_its_mask(data: Path) -> None:
    pair = horse_pair(horse_files(data, "test")[0])
    assert (redness(pair.photo) == (np.asarray(pair.mask) == ANIMAL)).all()


def test_a_photograph_without_a_mask_is_refused_by_name(data: Path) -> None:
    (data / "horses" / "mask" / "horse007.png").unlink()
    with pytest.raises(DataError, match=r"horse007\.png is not there"):
        horse_pair(data / "horses" / "photo" / "horse007.png")


def test_a_large_photograph_is_kept_small_with_its_mask() -> None:
    shrunk = red_on_blue((1200, 900)).shrunk()
    assert shrunk.photo.size == shrunk.mask.size == (MAX_SIDE, MAX_SIDE * 3 // 4)


def test_a_small_photograph_is_kept_as_it_is() -> None:
    pair = red_on_blue()
    assert pair.shrunk() is pair
