"""A folder of built-in models, a bucket of bundles, and a registry of both."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import moto
import pytest

from edge_ml.serving.model_registry import ModelRegistry
from edge_ml.serving.trial import trial_run
from tests.edge_ml import samples
from tests.edge_ml.serving.bucket import Bucket


@pytest.fixture
def trials_in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run trials in this process, as a child takes a second; the fixture `in_a_child` turns that off."""
    if "in_a_child" not in request.fixturenames:
        monkeypatch.setattr(trial_run, "run_confined", lambda module, request: trial_run.trial_reply(request))


@pytest.fixture
def in_a_child() -> None:
    """See `trials_in_process`."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built_in = tmp_path / "built-in"
    for name in ("colors", "paints"):
        samples.bundle(built_in, name)
    (built_in / "notes").mkdir()
    return built_in


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[Bucket]:
    (tmp_path / "scratch").mkdir()
    with moto.mock_aws():
        yield Bucket(boto3.client("s3"), tmp_path / "scratch")


@pytest.fixture
def models(folder: Path, bucket: Bucket) -> ModelRegistry:
    return ModelRegistry(folder, "colors", bucket.store())
