"""The trial run of a bundle in a confined child: whatever it does, the parent continues."""

import resource
from pathlib import Path

import pytest

from edge_ml.serving.trial import confinement
from edge_ml.serving.trial.confinement import run_confined
from edge_ml.serving.trial.trial_error import TrialError
from edge_ml.serving.trial.trial_run import trial_run
from tests.edge_ml import hostile_models, samples


def bundle(folder: Path, model: bytes) -> Path:
    samples.bundle(folder)
    (folder / "colors/model.onnx").write_bytes(model)
    return folder / "colors"


def refusal(folder: Path) -> TrialError:
    with pytest.raises(TrialError) as caught:
        trial_run(folder)
    return caught.value


def test_a_good_bundle_returns_detections_of_the_photo(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(samples.encoded(samples.picture("blue")))
    assert trial_run(samples.bundle(tmp_path), tmp_path / "photo.png")[0]["label"] == "blue"


def test_a_model_that_asks_for_too_much_memory_is_refused(tmp_path: Path) -> None:
    error = refusal(bundle(tmp_path, hostile_models.hungry()))
    assert (error.code, error.detail) == ("too_much_memory", "The model asks for more than 1024 MB of memory.")


def test_a_model_that_never_ends_is_refused(tmp_path: Path) -> None:
    error = refusal(bundle(tmp_path, hostile_models.endless()))
    assert (error.code, error.detail) == ("too_slow", "The model does not load and run within 8 s.")


def test_a_child_over_its_wall_time_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(confinement, "CPU_LIMIT_S", 0)
    assert refusal(samples.bundle(tmp_path)).code == "too_slow"


def test_a_broken_bundle_is_refused_with_its_reason(tmp_path: Path) -> None:
    error = refusal(samples.bundle(tmp_path, labels=["red", "green"]))
    assert error.code == "unusable_model"
    assert "model.json asks for [1, 2]" in error.detail


def test_a_photo_that_is_none_is_not_the_model_s_fault(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"no picture")
    with pytest.raises(TrialError) as caught:
        trial_run(samples.bundle(tmp_path), tmp_path / "photo.png")
    assert caught.value.code == "not_an_image"


def test_the_child_has_limits_and_the_parent_has_none_of_them(tmp_path: Path) -> None:
    before = {kind: resource.getrlimit(kind) for kind in (resource.RLIMIT_DATA, resource.RLIMIT_CPU)}
    limits = run_confined("tests.edge_ml.serving.trial.confined_child", {"act": "limits"})
    assert limits == {"megabytes": 1024, "seconds": 8, "bytes_in_a_file": 0}
    assert {kind: resource.getrlimit(kind) for kind in before} == before


def test_the_child_has_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
    names = run_confined("tests.edge_ml.serving.trial.confined_child", {"act": "environment"})["names"]
    assert "PATH" in names
    assert not [name for name in names if name.startswith("AWS_")]


@pytest.mark.parametrize(
    ("act", "code"), [("exit", "crashed"), ("abort", "crashed"), ("raise", "crashed"), ("memory", "too_much_memory")]
)
def test_a_child_that_dies_is_a_refusal(act: str, code: str) -> None:
    with pytest.raises(TrialError) as caught:
        run_confined("tests.edge_ml.serving.trial.confined_child", {"act": act})
    assert caught.value.code == code
