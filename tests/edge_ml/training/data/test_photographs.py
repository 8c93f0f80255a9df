"""The photographs of the data folder."""

from pathlib import Path

import pytest

from edge_ml.training.data.photographs import DataError, photo_files


def test_an_empty_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no photographs"):
        photo_files(tmp_path)
