"""A model that recognizes colors, shared by the tests of this folder."""

from pathlib import Path

import pytest

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.model import Model
from tests.edge_ml import samples


@pytest.fixture(scope="session")
def colors_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples.bundle(tmp_path_factory.mktemp("models")).parent


@pytest.fixture(scope="session")
def colors(colors_folder: Path) -> Model:
    return Model(ModelBundle.load(colors_folder / "colors"))
