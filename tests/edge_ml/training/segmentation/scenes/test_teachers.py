"""The teachers' agreement."""

import numpy as np

from edge_ml.training.segmentation.scenes.pairs import ANIMAL, BACKGROUND, UNKNOWN
from edge_ml.training.segmentation.scenes.teachers import agreed_mask
from tests.edge_ml.training.segmentation.pictures import square


def test_pixels_on_which_the_teachers_disagree_are_unknown() -> None:
    mask = np.asarray(agreed_mask(square(0, 0), square(10, 0)))
    assert (mask == ANIMAL).sum() == 200
    assert (mask == UNKNOWN).sum() == 400
    assert (mask == BACKGROUND).sum() == 60 * 80 - 600
