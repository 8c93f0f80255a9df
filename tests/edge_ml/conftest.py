"""A model of colours, made once for the tests of this folder."""

from pathlib import Path

import pytest

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.model import Model
from tests.edge_ml import made


@pytest.fixture(scope="session")
def colours_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.bundle(tmp_path_factory.mktemp("models")).parent


@pytest.fixture(scope="session")
def colours(colours_folder: Path) -> Model:
    return Model(ModelBundle.load(colours_folder / "colours"))
