"""Color jitter."""

import numpy as np

from edge_ml.training.segmentation.scenes import color_jitter
from tests.edge_ml.training.segmentation.pictures import red_on_blue


def test_jitter_changes_the_colors_and_not_the_size() -> None:
    photo = red_on_blue().photo
    changed = color_jitter.jitter_colors(photo, np.random.default_rng(1))
    assert changed.size == photo.size
    assert (np.asarray(changed) != np.asarray(photo)).any()
