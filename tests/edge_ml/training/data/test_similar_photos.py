"""Groups of similar photographs."""

import numpy as np

from edge_ml.training.data.similar_photos import group_similar


def test_shots_of_one_leaf_are_one_group() -> None:
    leaves = np.array([[1, 0, 0], [0.99, 0.1, 0], [0, 1, 0], [0, 0.98, 0.1], [0, 0, 1]])
    found = group_similar(leaves)
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert len(set(found)) == 3


def test_a_group_has_a_maximum_size() -> None:
    leaves = np.ones((50, 4)) + np.random.default_rng(0).normal(0, 0.05, (50, 4))
    found = group_similar(leaves, max_group=8)
    assert max(found.count(number) for number in found) == 8
