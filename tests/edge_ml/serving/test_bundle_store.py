"""The registry's use of the bucket."""

from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import EndpointConnectionError

from edge_ml.bundles.bundle import BundleError
from edge_ml.serving.bundle_store import MISS_MAX_AGE, BundleStore, StoreError
from edge_ml.serving.model_registry import ModelRegistry, UnknownModelError
from tests.edge_ml.serving.bucket import NAME, Bucket
from tests.edge_ml.serving.recognition import best

pytestmark = pytest.mark.usefixtures("trials_in_process")


def test_a_bundle_dropped_just_now_is_found_without_waiting_for_the_next_list(
    models: ModelRegistry, bucket: Bucket
) -> None:
    with pytest.raises(UnknownModelError):
        models.get("crayons")
    bucket.put_bundle("crayons", "1.0.0")
    with pytest.raises(UnknownModelError):
        models.get("crayons")  # names that do not exist cost one list a second at most
    assert bucket.calls == ["list"]
    bucket.clock.now += 1
    assert best(models, "crayons") == "red"


def test_a_replaced_bundle_is_served_at_the_next_look(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.put_bundle("crayons", "1.0.0")
    assert best(models, "crayons") == "red"
    bucket.relabel("crayons", "1.0.0", ["rouge", "vert", "bleu"])
    assert best(models, "crayons") == "red"
    bucket.clock.next_list()
    assert best(models, "crayons") == "rouge"


def test_a_bundle_taken_away_is_no_longer_known(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.put_bundle("crayons", "1.0.0")
    assert best(models, "crayons") == "red"
    for file in ("model.json", "model.onnx"):
        bucket.s3.delete_object(Bucket=NAME, Key=f"models/crayons/1.0.0/{file}")
    bucket.clock.next_list()
    with pytest.raises(UnknownModelError):
        models.get("crayons")


def test_the_default_and_exact_built_in_versions_never_ask_the_bucket(models: ModelRegistry, bucket: Bucket) -> None:
    models.get(None)
    models.get("paints@1.2.3")
    assert bucket.calls == []


def test_a_bundle_dropped_just_now_is_described_without_waiting_for_the_next_list(
    models: ModelRegistry, bucket: Bucket
) -> None:
    models.describe()
    bucket.put_bundle("mine", "1.0.0")
    bucket.clock.now += MISS_MAX_AGE
    assert "mine" in [description["name"] for description in models.describe()]


def test_a_kept_model_costs_one_list_in_ten_seconds(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.put_bundle("crayons", "1.0.0")
    for _ in range(20):
        models.get("crayons")
    assert sorted(bucket.calls) == ["list", "models/crayons/1.0.0/model.json", "models/crayons/1.0.0/model.onnx"]
    bucket.clock.next_list()
    models.get("crayons")
    assert bucket.calls.count("list") == 2
    assert len(bucket.calls) == 4


def test_other_objects_in_the_bucket_are_ignored(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.put_bundle("crayons", "1.0.0")
    for name in ("..", "advice", "advice/..", "advice/red.md", "notes.txt", "deeper/model.onnx"):
        bucket.put(f"crayons/1.0.0/{name}", b"?")
    assert best(models, "crayons") == "red"
    fetched = {key.removeprefix("models/crayons/1.0.0/") for key in bucket.calls} - {"list"}
    assert fetched == {"model.json", "model.onnx"}


@pytest.mark.parametrize("key", ["crayons/1.0.0", "crayons/1.0.0.1/model.onnx"])
def test_a_key_that_only_begins_like_a_bundle_is_ignored(models: ModelRegistry, bucket: Bucket, key: str) -> None:
    bucket.put(key, b"?")
    bucket.put_bundle("crayons", "1.0.0")
    assert best(models, "crayons") == "red"


@pytest.mark.parametrize("key", ["crayons/model.onnx", "crayons/latest/model.json", "../1.0.0/model.onnx"])
def test_a_misplaced_bundle_is_listed_as_unusable(models: ModelRegistry, bucket: Bucket, key: str) -> None:
    bucket.put(key, b"?")
    (misplaced,) = [description for description in models.describe() if description["origin"] == "bucket"]
    assert misplaced["status"] == "unusable"
    assert f"models/{key} is not under models/<name>/<version>/" in misplaced["error"]["detail"]


def test_a_bundle_may_not_be_larger_than_the_disk(
    models: ModelRegistry, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_ml.serving.bundle_store.MAX_BYTES", 100)
    bucket.put_bundle("crayons", "1.0.0")
    with pytest.raises(BundleError, match="bytes are more than"):
        models.get("crayons")


class Down:
    """An S3 client that cannot connect."""

    def __getattr__(self, name: str) -> Any:
        raise EndpointConnectionError(endpoint_url="https://s3")


def test_built_in_models_are_served_while_the_bucket_is_down(folder: Path) -> None:
    models = ModelRegistry(folder, "colors", BundleStore(cast(Any, Down), NAME))
    assert models.get(None) is models.get("colors")
    assert [description["name"] for description in models.describe()] == ["colors", "paints"]
    with pytest.raises(StoreError, match="cannot be read"):
        models.get("crayons")


def test_listed_bundles_are_served_while_the_bucket_is_down(
    folder: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = bucket.store()
    models = ModelRegistry(folder, "colors", store)
    bucket.put_bundle("crayons", "1.0.0")
    assert best(models, "crayons") == "red"
    monkeypatch.setattr(store, "_client", Down)
    bucket.clock.next_list()
    assert best(models, "crayons") == "red"


def test_a_bucket_that_denies_leaves_the_built_in_models(folder: Path, bucket: Bucket) -> None:
    models = ModelRegistry(folder, "colors", BundleStore(lambda: bucket.s3, "no-such-bucket"))
    assert models.get("colors").bundle.version == "1.2.3"
    with pytest.raises(StoreError):
        models.get("crayons")
