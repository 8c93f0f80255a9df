"""The placement of photographs in scenes."""

import numpy as np
import pytest

from edge_ml.training.segmentation.metrics import iou
from edge_ml.training.segmentation.scenes.pairs import ANIMAL
from edge_ml.training.segmentation.scenes.placement import GRAY, Placement, place
from tests.edge_ml.training.segmentation.pictures import SCENE, red_on_blue, redness


@pytest.mark.parametrize("seed", range(12))
def test_the_mask_covers_the_animal(seed: int) -> None:
    random = np.random.default_rng(seed)
    pair = red_on_blue().mirrored() if seed % 2 else red_on_blue()
    shown = place(pair, Placement.random(pair.photo.size, SCENE, random), SCENE)
    assert shown.photo.size == SCENE
    assert iou(redness(shown.photo), np.asarray(shown.mask) == ANIMAL) > 0.85


def test_photographs_are_varied_in_size_and_place() -> None:
    random = np.random.default_rng(0)
    shares = [
        np.asarray(place(red_on_blue(), Placement.random((80, 60), SCENE, random), SCENE).mask).mean()
        for _ in range(40)
    ]
    assert max(shares) > 2 * min(shares) > 0


def test_a_plain_stretched_photograph_fills_the_scene() -> None:
    shown = place(red_on_blue((60, 60)), Placement.whole((60, 60), SCENE, stretch=True), SCENE)
    assert not (np.asarray(shown.photo) == GRAY).all(-1).any()


def test_a_plain_letterboxed_photograph_keeps_its_proportions_with_gray_beside_it() -> None:
    shown = place(red_on_blue((60, 60)), Placement.whole((60, 60), SCENE, stretch=False), SCENE)
    gray = (np.asarray(shown.photo) == GRAY).all(-1)
    assert gray.all(0).sum() == 96 - 64
    assert not np.asarray(shown.mask)[gray].any()


def test_a_backdrop_covers_the_whole_scene() -> None:
    for seed in range(8):
        placement = Placement.random((50, 90), SCENE, np.random.default_rng(seed)).covering(SCENE)
        assert not (np.asarray(place(red_on_blue((50, 90)), placement, SCENE).photo) == GRAY).all(-1).any()


def test_the_same_seed_draws_the_same_scene() -> None:
    first, second = (Placement.random((80, 60), SCENE, np.random.default_rng(5)) for _ in range(2))
    assert first == second
