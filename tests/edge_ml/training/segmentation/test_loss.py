"""The loss; skipped without torch."""

import numpy as np
import pytest


def test_unknown_pixels_are_ignored() -> None:
    torch = pytest.importorskip("torch")
    from edge_ml.training.segmentation.loss import segmentation_loss
    from edge_ml.training.segmentation.scenes.scenes import IGNORED

    truth = torch.ones(1, 8, 8, dtype=torch.int64)
    truth[:, 4:] = IGNORED
    right = torch.stack([-20.0 * torch.ones(1, 8, 8), 20.0 * torch.ones(1, 8, 8)], 1)
    wrong_where_unknown = right.clone()
    wrong_where_unknown[:, :, 4:] *= -1
    assert float(segmentation_loss(right, truth)) == pytest.approx(0, abs=1e-5)
    assert float(segmentation_loss(wrong_where_unknown, truth)) == pytest.approx(0, abs=1e-5)
    assert float(segmentation_loss(-right, truth)) > 1


def test_a_scene_without_an_animal_has_a_loss_that_is_a_number() -> None:
    torch = pytest.importorskip("torch")
    from edge_ml.training.segmentation.loss import segmentation_loss

    loss = float(segmentation_loss(torch.zeros(1, 2, 8, 8), torch.zeros(1, 8, 8, dtype=torch.int64)))
    assert loss == pytest.approx(np.log(2), abs=1e-5)
