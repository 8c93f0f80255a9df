"""The ImageNet sample."""

from pathlib import Path

import pytest

from edge_ml.training.data.imagenet_sample import imagenet_sample
from edge_ml.training.data.photographs import DataError


def test_a_missing_sample_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"labels\.csv is not there"):
        list(imagenet_sample(tmp_path))
