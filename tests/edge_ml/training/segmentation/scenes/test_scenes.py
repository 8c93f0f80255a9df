"""Training scenes; skipped without torch."""

import numpy as np

from tests.edge_ml.training.segmentation.pictures import SCENE, stock


def test_scenes_hold_animals_and_some_hold_none() -> None:
    truth = stock().batch(40, SCENE, np.random.default_rng(0)).truth.numpy()
    assert truth.shape == (40, 64, 96)
    assert set(np.unique(truth)) == {0, 1}
    assert 0 < (truth.max((1, 2)) == 0).sum() < 20
