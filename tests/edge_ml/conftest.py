"""A model that recognizes colors, shared by the tests of this folder, and patience with confined children."""

from pathlib import Path

import pytest

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.model import Model
from edge_ml.serving.trial import confinement
from tests.edge_ml import samples


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the processor time alone end a confined child, however slow the machine."""
    monkeypatch.setattr(confinement, "_CLOCK_FACTOR", 30)


@pytest.fixture(scope="session")
def colors_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples.bundle(tmp_path_factory.mktemp("models")).parent


@pytest.fixture(scope="session")
def colors(colors_folder: Path) -> Model:
    return Model(ModelBundle.load(colors_folder / "colors"))
