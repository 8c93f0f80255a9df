from pathlib import Path

import pytest

from edge_ml.bundle import BundleError
from edge_ml.classifiers import Classifiers, UnknownModelError
from tests.edge_ml import made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("colours", "paints"):
        made.bundle(tmp_path, name)
    (tmp_path / "notes").mkdir()
    return tmp_path


def test_no_name_means_the_default(folder: Path) -> None:
    models = Classifiers(folder, "paints")
    assert models.named(None).bundle.name == "paints"
    assert models.named("colours").bundle.name == "colours"


def test_a_model_is_loaded_once(folder: Path) -> None:
    models = Classifiers(folder, "colours")
    assert models.named("paints") is models.named("paints")


@pytest.mark.parametrize("name", ["lions", "../colours", "notes", "colours/../paints", "/etc"])
def test_only_the_names_of_bundles_are_models(folder: Path, name: str) -> None:
    with pytest.raises(UnknownModelError, match="there are colours, paints"):
        Classifiers(folder, "colours").named(name)


def test_a_worker_does_not_start_without_its_default_model(folder: Path) -> None:
    with pytest.raises(UnknownModelError, match="no model 'animals'"):
        Classifiers(folder, "animals")


def test_a_worker_does_not_start_with_a_broken_default_model(folder: Path) -> None:
    (folder / "colours/model.onnx").write_bytes(b"broken")
    with pytest.raises(BundleError, match="does not load"):
        Classifiers(folder, "colours")


def test_a_bundle_in_a_folder_of_another_name_is_refused(folder: Path) -> None:
    (folder / "colours").rename(folder / "other")
    with pytest.raises(BundleError, match="'colours', is not the folder's"):
        Classifiers(folder, "paints")


def test_the_default_is_described_first(folder: Path) -> None:
    described = Classifiers(folder, "paints").describe()
    assert [model["name"] for model in described] == ["paints", "colours"]
    assert described[0] | {"digest": ""} == {
        "name": "paints",
        "version": "1.2.3",
        "digest": "",
        "task": "classify",
        "labels": ["red", "green", "blue"],
        "input_size": {"width": 32, "height": 32},
        "metrics": {"accuracy": 1.0},
        "license": "MIT",
        "source": "made by a test",
    }
