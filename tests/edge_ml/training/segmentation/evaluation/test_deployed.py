"""The exported model, as deployed."""

import numpy as np
import pytest

from edge_ml.pictures.letterbox import Fit


def test_a_score_map_is_evaluated_without_its_padding() -> None:
    pytest.importorskip("torch")
    from edge_ml.training.segmentation.evaluation.deployed import enlarge

    score_map = np.full((64, 96), -1.0, np.float32)
    score_map[:, 16:80] = 1.0
    assert (enlarge(score_map, Fit((96, 64), "letterbox"), (300, 300)) > 0).all()
    assert (enlarge(score_map, Fit((96, 64), "stretch"), (300, 300)) > 0).mean() == pytest.approx(64 / 96, abs=0.01)
