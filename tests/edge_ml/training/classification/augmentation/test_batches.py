"""Batches of views and targets; skipped without torch."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge_ml.training.data.photographs import Photo


def test_a_photograph_is_shown_as_often_as_its_times_say() -> None:
    pytest.importorskip("torch")
    from edge_ml.training.classification.augmentation.batches import epoch_order

    rare, common = (Photo(Path("x.jpg"), 0, "set", "train", times=times) for times in (2.5, 1.0))
    shown = epoch_order([rare] * 100 + [common] * 100, np.random.default_rng(0))
    assert (shown >= 100).sum() == 100
    assert (shown < 100).sum() == pytest.approx(250, abs=20)


def test_an_uncertain_label_leaves_probability_to_the_others() -> None:
    pytest.importorskip("torch")
    from edge_ml.training.classification.augmentation.batches import SMOOTHING, label_targets

    photo = Photo(Path("x.jpg"), 0, "set", "train")
    sure, doubtful = label_targets([photo, replace(photo, certainty=0.7)], 4).tolist()
    assert sum(sure) == pytest.approx(1)
    assert sum(doubtful) == pytest.approx(1)
    assert doubtful[0] == pytest.approx(0.7 * (1 - SMOOTHING) + SMOOTHING / 4)
