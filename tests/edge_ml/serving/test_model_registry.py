import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import boto3
import moto
import pytest
from botocore.exceptions import EndpointConnectionError

from edge_ml.bundles.bundle import BundleError
from edge_ml.pictures.decode import decode
from edge_ml.serving import bundle_cache as cache
from edge_ml.serving.bundle_store import BundleStore, StoreError
from edge_ml.serving.model_registry import ModelRegistry, UnknownModelError
from edge_ml.serving.trial import trial_run as trial
from tests.edge_ml import hostile_models, samples
from tests.edge_ml.serving.bucket import NAME, Bucket

NOWHERE = BundleStore(lambda: pytest.fail("the bucket was read"), "")


@pytest.fixture(autouse=True)
def without_children(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run trials in this process, as a child takes a second; the fixture `in_a_child` turns that off."""
    if "in_a_child" not in request.fixturenames:
        monkeypatch.setattr(trial, "run_confined", lambda module, request: trial._run(request))


@pytest.fixture
def in_a_child() -> None:
    """See `without_children`."""


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


def best(models: ModelRegistry, reference: str, color: str = "red") -> str:
    model = models.get(reference)
    seen = model.detections(decode(samples.encoded(samples.picture(color)), model.bundle.fit))
    return str(seen[0]["label"])


def descriptions(models: ModelRegistry) -> dict[str, Any]:
    return {f"{description['name']}@{description['version']}": description for description in models.describe()}


def test_no_name_means_the_default(folder: Path) -> None:
    models = ModelRegistry(folder, "paints", NOWHERE)
    assert models.get(None).bundle.name == "paints"
    assert models.get("colors").bundle.name == "colors"
    assert models.get("colors@1.2.3") is models.get("colors")


@pytest.mark.parametrize(
    "name", ["lions", "../colors", "notes", "colors/../paints", "/etc", "colors@9.9.9", "@", "a@b@c"]
)
def test_only_the_names_of_bundles_are_models(models: ModelRegistry, name: str) -> None:
    with pytest.raises(UnknownModelError, match="there are colors, paints"):
        models.get(name)


def test_a_worker_does_not_start_without_its_default_model(folder: Path) -> None:
    with pytest.raises(UnknownModelError, match="no model 'animals'"):
        ModelRegistry(folder, "animals", NOWHERE)


@pytest.mark.parametrize(("file", "why"), [("model.onnx", "does not load"), ("model.json", "cannot be read")])
def test_a_worker_does_not_start_with_a_broken_default_model(folder: Path, file: str, why: str) -> None:
    (folder / "colors" / file).write_bytes(b"broken")
    with pytest.raises(BundleError, match=why):
        ModelRegistry(folder, "colors", NOWHERE)


def test_another_broken_built_in_bundle_is_listed_as_unusable(folder: Path) -> None:
    (folder / "paints/model.json").write_text("{")
    models = ModelRegistry(folder, "colors", NOWHERE)
    assert descriptions(models)["paints@"]["status"] == "unusable"
    assert models.get("colors")


def test_the_default_is_described_first_with_where_it_comes_from(folder: Path) -> None:
    described = ModelRegistry(folder, "paints", NOWHERE).describe()
    assert [model["name"] for model in described] == ["paints", "colors"]
    assert (described[0]["origin"], described[0]["status"]) == ("built-in", "ready")
    assert {"version", "digest", "task", "labels", "metrics", "license", "source"} <= described[0].keys()


def test_a_bundle_in_the_bucket_is_served(models: ModelRegistry, bucket: Bucket, in_a_child: None) -> None:
    bucket.drop("crayons", "1.0.0")
    assert best(models, "crayons", "blue") == "blue"
    assert models.get("crayons@1.0.0") is models.get("crayons")
    assert descriptions(models)["crayons@1.0.0"]["origin"] == "bucket"


def test_versions_exist_side_by_side_and_the_name_alone_means_the_newest(models: ModelRegistry, bucket: Bucket) -> None:
    for version in ("1.9.0", "1.10.0", "0.99.99"):
        bucket.drop("crayons", version)
    assert models.get("crayons").bundle.version == "1.10.0"
    assert models.get("crayons@1.9.0").bundle.version == "1.9.0"
    assert [description["version"] for description in models.describe() if description["name"] == "crayons"] == [
        "1.10.0",
        "1.9.0",
        "0.99.99",
    ]


def test_a_newer_version_of_a_built_in_model_gets_its_name_but_not_the_default(
    models: ModelRegistry, bucket: Bucket
) -> None:
    bucket.drop("colors", "2.0.0", labels=["rouge", "vert", "bleu"])
    assert best(models, "colors") == "rouge"
    assert best(models, "colors@1.2.3") == "red"
    assert models.get(None).bundle.version == "1.2.3"


def test_an_older_version_in_the_bucket_leaves_the_built_in_one_in_place(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.drop("colors", "0.1.0")
    assert models.get("colors").bundle.version == "1.2.3"


def test_a_bundle_that_is_built_in_already_does_not_take_its_place(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.drop("colors", "1.2.3", labels=["rouge", "vert", "bleu"])
    assert best(models, "colors@1.2.3") == best(models, "colors") == "red"
    (shadowed,) = [description for description in models.describe() if description["origin"] == "bucket"]
    assert "is built in" in shadowed["error"]["detail"]


def test_a_bundle_dropped_just_now_is_found_without_waiting_for_the_next_list(
    models: ModelRegistry, bucket: Bucket
) -> None:
    with pytest.raises(UnknownModelError):
        models.get("crayons")
    bucket.drop("crayons", "1.0.0")
    with pytest.raises(UnknownModelError):
        models.get("crayons")  # names that do not exist cost one list a second at most
    assert bucket.calls == ["list"]
    bucket.clock.now += 1
    assert best(models, "crayons") == "red"


def test_a_replaced_bundle_is_served_at_the_next_look(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.drop("crayons", "1.0.0")
    assert best(models, "crayons") == "red"
    bucket.relabel("crayons", "1.0.0", ["rouge", "vert", "bleu"])
    assert best(models, "crayons") == "red"
    bucket.clock.next_list()
    assert best(models, "crayons") == "rouge"


def test_a_bundle_taken_away_is_no_longer_known(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.drop("crayons", "1.0.0")
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


def test_a_kept_model_costs_one_list_in_ten_seconds(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.drop("crayons", "1.0.0")
    for _ in range(20):
        models.get("crayons")
    assert sorted(bucket.calls) == ["list", "models/crayons/1.0.0/model.json", "models/crayons/1.0.0/model.onnx"]
    bucket.clock.next_list()
    models.get("crayons")
    assert bucket.calls.count("list") == 2
    assert len(bucket.calls) == 4


BROKEN = [
    ({"labels": ["red", "green"]}, r"output 'logits' is \[N, 3\]; model\.json asks for \[1, 2\]"),
    ({"task": "dream"}, "task must be one of"),
    ({"model": b"not a protobuf"}, "does not load"),
    ({"name_inside": "pencils"}, r"model\.json names pencils@1\.0\.0"),
]


@pytest.mark.parametrize(("changed", "why"), BROKEN)
def test_a_broken_bundle_is_refused_with_its_reason_and_all_else_is_served(
    models: ModelRegistry, bucket: Bucket, changed: dict[str, Any], why: str
) -> None:
    inside = changed.pop("name_inside", None)
    bucket.drop("broken", "1.0.0", **changed)
    if inside:
        bucket.put("broken/1.0.0/model.json", json.dumps(samples.model_json(inside, version="1.0.0")).encode())
    bucket.drop("crayons", "1.0.0")
    for _ in range(2):
        with pytest.raises(BundleError, match=why):
            models.get("broken")
    assert bucket.calls.count("models/broken/1.0.0/model.json") == 1  # it is not fetched again
    assert best(models, "crayons") == best(models, "colors") == "red"
    described = descriptions(models)
    assert described["crayons@1.0.0"]["status"] == "ready"
    assert described["broken@1.0.0"]["error"]["code"] == "unusable_model"


def test_a_model_that_never_ends_is_refused_and_the_worker_lives_on(
    models: ModelRegistry, bucket: Bucket, in_a_child: None
) -> None:
    bucket.drop("endless", "1.0.0", model=hostile_models.endless())
    with pytest.raises(BundleError, match="does not load and run within"):
        models.get("endless")
    assert best(models, "colors") == "red"
    assert descriptions(models)["endless@1.0.0"]["status"] == "unusable"


def test_a_repaired_bundle_is_served(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.drop("crayons", "1.0.0", model=b"broken")
    with pytest.raises(BundleError):
        models.get("crayons")
    bucket.drop("crayons", "1.0.0")
    bucket.clock.next_list()
    assert best(models, "crayons") == "red"


def test_half_a_bundle_is_no_bundle_yet(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.put("crayons/1.0.0/model.onnx", b"the rest is on its way")
    with pytest.raises(BundleError, match=r"no model\.json"):
        models.get("crayons")


def test_other_objects_in_the_bucket_are_ignored(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.drop("crayons", "1.0.0")
    for name in ("..", "advice", "advice/..", "advice/red.md", "notes.txt", "deeper/model.onnx"):
        bucket.put(f"crayons/1.0.0/{name}", b"?")
    assert best(models, "crayons") == "red"
    fetched = {key.removeprefix("models/crayons/1.0.0/") for key in bucket.calls} - {"list"}
    assert fetched == {"model.json", "model.onnx", "advice/red.md"}


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
    bucket.drop("crayons", "1.0.0")
    with pytest.raises(BundleError, match="bytes are more than"):
        models.get("crayons")


def test_the_least_recently_used_models_are_evicted(
    models: ModelRegistry, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "disk"))
    monkeypatch.setattr(cache, "MAX_MODELS", 2)
    for n in range(3):
        bucket.drop(f"crayons{n}", "1.0.0")
        bucket.clock.now += 1
        assert best(models, f"crayons{n}") == "red"
    assert len(list((tmp_path / "disk").iterdir())) == 2
    assert best(models, "crayons0") == "red"
    assert bucket.calls.count("models/crayons0/1.0.0/model.onnx") == 2
    assert all(description["status"] == "ready" for description in models.describe())


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
    bucket.drop("crayons", "1.0.0")
    assert best(models, "crayons") == "red"
    monkeypatch.setattr(store, "_client", Down)
    bucket.clock.next_list()
    assert best(models, "crayons") == "red"


def test_a_bucket_that_denies_leaves_the_built_in_models(folder: Path, bucket: Bucket) -> None:
    models = ModelRegistry(folder, "colors", BundleStore(lambda: bucket.s3, "no-such-bucket"))
    assert models.get("colors").bundle.version == "1.2.3"
    with pytest.raises(StoreError):
        models.get("crayons")


def test_unused_bundles_are_tried_while_there_is_time(
    models: ModelRegistry, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.drop("crayons", "1.0.0", model=b"broken")
    monkeypatch.setattr("edge_ml.serving.model_registry.TRIAL_SECONDS", -1)
    assert descriptions(models)["crayons@1.0.0"]["status"] == "untried"
    monkeypatch.setattr("edge_ml.serving.model_registry.TRIAL_SECONDS", 60)
    assert descriptions(models)["crayons@1.0.0"]["status"] == "unusable"
