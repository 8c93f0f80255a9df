"""Random views."""

import numpy as np
from PIL import Image

from edge_ml.training.classification.augmentation import views


def test_crops_lie_within_the_photograph() -> None:
    image, random = Image.new("RGB", (60, 40)), np.random.default_rng(0)
    for _ in range(50):
        left, top, right, bottom = views.random_box(image, 0.3, random)
        assert 0 <= left < right <= 60
        assert 0 <= top < bottom <= 40


def test_the_same_seed_shows_the_same_view() -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8))
    first, second = (views.random_view(image, 32, 0.4, True, np.random.default_rng(5)) for _ in range(2))
    assert first.shape == (32, 32, 3)
    assert np.array_equal(first, second)
