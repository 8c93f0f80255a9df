"""Bundles from the bucket: trial, refusal and eviction."""

import json
from pathlib import Path
from typing import Any

import pytest

from edge_ml.bundles.bundle import BundleError
from edge_ml.serving import bundle_cache
from edge_ml.serving.model_registry import ModelRegistry
from tests.edge_ml import hostile_models, samples
from tests.edge_ml.serving.bucket import Bucket
from tests.edge_ml.serving.recognition import best, descriptions

pytestmark = pytest.mark.usefixtures("trials_in_process")


BROKEN = [
    ({"labels": ["red", "green"]}, r"output 'logits' is \[N, 3\]; model\.json asks for \[1, 2\]"),
    ({"task": "dream"}, "task must be one of"),
    ({"model": b"not a protobuf"}, "does not load"),
    ({"name_inside": "pencils"}, r"model\.json names pencils@1\.0\.0"),
]


@pytest.mark.parametrize(("changed", "reason"), BROKEN)
def test_a_broken_bundle_is_refused_with_its_reason_and_all_else_is_served(
    models: ModelRegistry, bucket: Bucket, changed: dict[str, Any], reason: str
) -> None:
    inside = changed.pop("name_inside", None)
    bucket.put_bundle("broken", "1.0.0", **changed)
    if inside:
        bucket.put("broken/1.0.0/model.json", json.dumps(samples.model_json(inside, version="1.0.0")).encode())
    bucket.put_bundle("crayons", "1.0.0")
    for _ in range(2):
        with pytest.raises(BundleError, match=reason):
            models.get("broken")
    assert bucket.calls.count("models/broken/1.0.0/model.json") == 1  # it is not fetched again
    assert best(models, "crayons") == best(models, "colors") == "red"
    described = descriptions(models)
    assert described["crayons@1.0.0"]["status"] == "ready"
    assert described["broken@1.0.0"]["error"]["code"] == "unusable_model"


def test_a_model_that_never_ends_is_refused_and_the_worker_lives_on(
    models: ModelRegistry, bucket: Bucket, in_a_child: None
) -> None:
    bucket.put_bundle("endless", "1.0.0", model=hostile_models.endless())
    with pytest.raises(BundleError, match="does not load and run within"):
        models.get("endless")
    assert best(models, "colors") == "red"
    assert descriptions(models)["endless@1.0.0"]["status"] == "unusable"


def test_a_repaired_bundle_is_served(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.put_bundle("crayons", "1.0.0", model=b"broken")
    with pytest.raises(BundleError):
        models.get("crayons")
    bucket.put_bundle("crayons", "1.0.0")
    bucket.clock.next_list()
    assert best(models, "crayons") == "red"


def test_half_a_bundle_is_no_bundle_yet(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.put("crayons/1.0.0/model.onnx", b"the rest is on its way")
    with pytest.raises(BundleError, match=r"no model\.json"):
        models.get("crayons")


def test_the_least_recently_used_models_are_evicted(
    models: ModelRegistry, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "disk"))
    monkeypatch.setattr(bundle_cache, "MAX_MODELS", 2)
    for n in range(3):
        bucket.put_bundle(f"crayons{n}", "1.0.0")
        bucket.clock.now += 1
        assert best(models, f"crayons{n}") == "red"
    assert len(list((tmp_path / "disk").iterdir())) == 2
    assert best(models, "crayons0") == "red"
    assert bucket.calls.count("models/crayons0/1.0.0/model.onnx") == 2
    assert all(description["status"] == "ready" for description in models.describe())


def test_unused_bundles_are_tried_while_there_is_time(
    models: ModelRegistry, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put_bundle("crayons", "1.0.0", model=b"broken")
    monkeypatch.setattr("edge_ml.serving.model_registry.TRIAL_SECONDS", -1)
    assert descriptions(models)["crayons@1.0.0"]["status"] == "untried"
    monkeypatch.setattr("edge_ml.serving.model_registry.TRIAL_SECONDS", 60)
    assert descriptions(models)["crayons@1.0.0"]["status"] == "unusable"


@pytest.mark.parametrize("location", ["MODEL_CARD.md", "advice/red.md", "model.json", "./model.json"])
def test_weights_outside_the_digest_are_refused(
    models: ModelRegistry, bucket: Bucket, tmp_path: Path, location: str
) -> None:
    model, weights = samples.with_external_weights(location)
    bucket.put_bundle("hidden", "1.0.0", model=model)
    stored = {"MODEL_CARD.md": weights, "advice/red.md": weights}
    for name, content in stored.items():
        bucket.put(f"hidden/1.0.0/{name}", content)
    with pytest.raises(BundleError, match=r"External|takes weights from model\.json") as refused:
        models.get("hidden")
    assert "/tmp" not in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
    assert descriptions(models)["hidden@1.0.0"]["status"] == "unusable"


def test_no_refusal_shows_a_path_of_the_machine(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.put_bundle("broken", "1.0.0", model=b"no protobuf")
    bucket.put_bundle("other", "1.0.0")
    bucket.put("other/1.0.0/model.json", b"\xff")
    bucket.put_bundle("empty", "1.0.0", model=b"")
    for name in ("broken", "other", "empty"):
        with pytest.raises(BundleError) as refused:
            models.get(name)
        assert "/tmp" not in str(refused.value)
        assert "bundle-" not in str(refused.value)
