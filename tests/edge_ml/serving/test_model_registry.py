"""Models by reference, built in and in the bucket."""

from pathlib import Path

import pytest

from edge_ml.bundles.bundle import BundleError
from edge_ml.serving.bundle_store import BundleStore
from edge_ml.serving.model_registry import ModelRegistry, UnknownModelError
from tests.edge_ml.serving.bucket import Bucket
from tests.edge_ml.serving.recognition import best, descriptions

pytestmark = pytest.mark.usefixtures("trials_in_process")


NOWHERE = BundleStore(lambda: pytest.fail("the bucket was read"), "")


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


@pytest.mark.parametrize(("file", "reason"), [("model.onnx", "does not load"), ("model.json", "cannot be read")])
def test_a_worker_does_not_start_with_a_broken_default_model(folder: Path, file: str, reason: str) -> None:
    (folder / "colors" / file).write_bytes(b"broken")
    with pytest.raises(BundleError, match=reason):
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
    bucket.put_bundle("crayons", "1.0.0")
    assert best(models, "crayons", "blue") == "blue"
    assert models.get("crayons@1.0.0") is models.get("crayons")
    assert descriptions(models)["crayons@1.0.0"]["origin"] == "bucket"


def test_versions_exist_side_by_side_and_the_name_alone_means_the_newest(models: ModelRegistry, bucket: Bucket) -> None:
    for version in ("1.9.0", "1.10.0", "0.99.99"):
        bucket.put_bundle("crayons", version)
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
    bucket.put_bundle("colors", "2.0.0", labels=["rouge", "vert", "bleu"])
    assert best(models, "colors") == "rouge"
    assert best(models, "colors@1.2.3") == "red"
    assert models.get(None).bundle.version == "1.2.3"


def test_an_older_version_in_the_bucket_leaves_the_built_in_one_in_place(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.put_bundle("colors", "0.1.0")
    assert models.get("colors").bundle.version == "1.2.3"


def test_a_bundle_that_is_built_in_already_does_not_take_its_place(models: ModelRegistry, bucket: Bucket) -> None:
    bucket.put_bundle("colors", "1.2.3", labels=["rouge", "vert", "bleu"])
    assert best(models, "colors@1.2.3") == best(models, "colors") == "red"
    (shadowed,) = [description for description in models.describe() if description["origin"] == "bucket"]
    assert "is built in" in shadowed["error"]["detail"]
