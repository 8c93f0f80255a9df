"""A user's model in the deployed bucket: served by name and version, replaced, refused when broken."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.deployment import Deployment
from tests.edge_ml import hostile_models, samples
from tests.pipeline.chain import Chain, wait_for

FRENCH = ["rouge", "vert", "bleu"]


class Drop:
    """Puts bundles of the test model of colors into the deployment's bucket."""

    def __init__(self, deployment: Deployment, scratch: Path) -> None:
        self._s3, self._bucket = deployment.client("s3"), deployment.endpoints.models_bucket
        self._model = (samples.bundle(scratch, "colours") / "model.onnx").read_bytes()

    def __call__(self, name: str, version: str, labels: list[str], model: bytes = b"") -> None:
        content = samples.model_json(name, version=version, labels=labels)
        files = {"model.onnx": model or self._model, "model.json": json.dumps(content).encode()}
        for file, body in files.items():
            self._s3.put_object(Bucket=self._bucket, Key=f"models/{name}/{version}/{file}", Body=body)

    def delete_all(self) -> None:
        """Delete all bundles from the bucket."""
        for stored in self._s3.list_objects_v2(Bucket=self._bucket)["Contents"]:
            self._s3.delete_object(Bucket=self._bucket, Key=stored["Key"])


@pytest.fixture(scope="module")
def drop(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Any:
    dropping = Drop(deployment, tmp_path_factory.mktemp("dropped"))
    yield dropping
    dropping.delete_all()


@pytest.fixture(scope="module")
def red() -> bytes:
    return samples.encoded(samples.picture("red"))


def classified(chain: Chain, picture: bytes, model: str) -> str:
    response = chain.request(
        "POST", "/classify", params={"model": model}, data=picture, headers={"Content-Type": "image/png"}
    )
    return str(response.json()["detections"][0]["label"]) if response.ok else str(response.json()["code"])


def test_a_model_in_the_bucket_recognizes_the_images_that_name_it(chain: Chain, drop: Drop, red: bytes) -> None:
    drop("colours", "1.0.0", list(samples.LABELS))
    image_id = wait_for(
        lambda: classified(chain, red, "colours@1.0.0") == "red" and chain.by_form("r.png", red, model="colours")
    )
    recognition = chain.settled(str(image_id))["recognition"]
    assert recognition["detections"][0]["label"] == "red"
    assert (recognition["model"]["name"], recognition["model"]["version"]) == ("colours", "1.0.0")
    assert chain.receipts(str(image_id))[0].verified


def test_a_name_means_the_newest_version_and_the_older_one_is_served_by_its_version(
    chain: Chain, drop: Drop, red: bytes
) -> None:
    drop("colours", "1.10.0", FRENCH)
    wait_for(lambda: classified(chain, red, "colours") == "rouge")
    assert classified(chain, red, "colours@1.0.0") == "red"


def test_a_replaced_bundle_is_served_without_a_deployment(chain: Chain, drop: Drop, red: bytes) -> None:
    drop("colours", "1.0.0", ["rosso", "verde", "blu"])
    wait_for(lambda: classified(chain, red, "colours@1.0.0") == "rosso")


def test_a_hostile_model_is_refused_and_all_others_are_served(chain: Chain, drop: Drop, red: bytes, cat: bytes) -> None:
    drop("hungry", "1.0.0", list(samples.LABELS), hostile_models.hungry())
    wait_for(lambda: classified(chain, red, "hungry") == "unusable_model")
    refused, fine = chain.by_form("r.png", red, model="hungry"), chain.by_bytes("cat.jpg", cat)
    rejection = chain.settled(refused)["rejection"]
    assert (rejection["code"], "more than 1024 MB" in rejection["detail"]) == ("unusable_model", True)
    assert chain.settled(fine)["recognition"]["detections"][0]["label"] == "cat"
    items = chain.request("GET", "/models").json()["items"]
    listed = {f"{model['name']}@{model['version']}": model for model in items if model["detector"] == "edge"}
    assert listed["hungry@1.0.0"]["error"]["code"] == "unusable_model"
    assert listed["colours@1.10.0"]["status"] == "ready"
    assert listed["colours@1.10.0"]["labels"] == FRENCH
