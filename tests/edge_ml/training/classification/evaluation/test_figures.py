"""The figures of model.json."""

from pathlib import Path

import numpy as np

from edge_ml.training.classification.evaluation.figures import figures
from edge_ml.training.classification.recipe import Recipe
from edge_ml.training.classification.task import Task
from edge_ml.training.data.photographs import Photo


def test_headline_figures_cover_their_origins_and_each_origin_has_its_own() -> None:
    photos = [Photo(Path(f"{n}.jpg"), n % 2, "lab" if n < 4 else "field", "test") for n in range(6)]
    task = Task("leaf", "1.0.0", ("a", "b"), ([0], [1]), photos, frozenset({"lab"}), Recipe(epochs=1))
    logits = np.array([[3.0, 0], [0, 3.0], [3.0, 0], [3.0, 0], [3.0, 0], [3.0, 0]])
    found = figures(task, photos, logits, temperature=1.0, threshold=0.5)
    assert (found["n"], found["accuracy"], found["confusion"]) == (4, 0.75, [[2, 0], [1, 1]])
    assert {name: part["accuracy"] for name, part in found["origins"].items()} == {"lab": 0.75, "field": 0.5}
    assert found["unknown"] == {"answered": 1.0, "accuracy_of_answered": 0.75}
