"""A data folder with fifty horses."""

from pathlib import Path

import pytest

from tests.edge_ml.training.segmentation.pictures import red_on_blue


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number in range(50):
        pair = red_on_blue()
        for side, name in zip(pair, ("photo", "mask"), strict=True):
            (tmp_path / "horses" / name).mkdir(parents=True, exist_ok=True)
            side.save(tmp_path / "horses" / name / f"horse{number:03}.png")
    return tmp_path
