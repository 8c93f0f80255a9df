"""The function as in the container: with the real runtime client, only its own packages, only the copied files."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
import skimage
from moto.server import ThreadedMotoServer

from domain.recognition import Detection, Model
from tests.edge_ml import hostile_models, samples
from tests.edge_ml.container import dockerfile
from tests.edge_ml.container.runtime_api import RuntimeAPI

CAT = Path(skimage.__file__).parent / "data/chelsea.png"
SECONDS = 30


@pytest.fixture(scope="module")
def task_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    dockerfile.stage(folder)
    return folder


@pytest.fixture(scope="module")
def python(task_root: Path) -> Path:
    return dockerfile.venv(task_root / "requirements.txt")


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@contextmanager
def running(python: Path, task_root: Path, **environment: str) -> Iterator[RuntimeAPI]:
    """Run the runtime client in `task_root`, in an environment like Lambda's and without this project's."""
    with RuntimeAPI(SECONDS) as api:
        lambda_environment = {
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "AWS_LAMBDA_FUNCTION_NAME": "edge",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "LAMBDA_TASK_ROOT": str(task_root),
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "PATH": os.defpath,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [str(python), "-m", "awslambdaric", dockerfile.handler()]
        process = subprocess.Popen(command, cwd=task_root, env=lambda_environment | environment)
        try:
            yield api
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def function(python: Path, task_root: Path, s3_endpoint: str) -> Iterator[RuntimeAPI]:
    with running(python, task_root, AWS_ENDPOINT_URL_S3=s3_endpoint) as api:
        yield api


def stored(s3_endpoint: str, *bodies: bytes) -> list[dict[str, str]]:
    s3 = boto3.client("s3", endpoint_url=s3_endpoint)
    s3.create_bucket(Bucket="images")
    s3.put_bucket_versioning(Bucket="images", VersioningConfiguration={"Status": "Enabled"})
    put = [(f"images/public/a b+c%/{n}.png", body) for n, body in enumerate(bodies)]
    return [
        {"bucket": "images", "key": key, "version": s3.put_object(Bucket="images", Key=key, Body=body)["VersionId"]}
        for key, body in put
    ]


def test_the_cat_is_a_cat_and_a_bad_image_beside_it_has_its_code(function: RuntimeAPI, s3_endpoint: str) -> None:
    images = stored(s3_endpoint, b"this is no image", CAT.read_bytes())
    kind, response = function.invoke({"images": images, "model": None})
    assert kind == "response", response
    bad, cat = response["results"]
    assert bad["error"]["code"] == "not_an_image"
    assert Detection.from_dict(cat["detections"][0]).label == "cat"
    assert Model.from_dict(response["model"]).name == "animals"


def test_one_worker_handles_many_invocations(function: RuntimeAPI) -> None:
    kind, described = function.invoke({"describe": True})
    assert (kind, described["models"][0]["name"]) == ("response", "animals")
    kind, response = function.invoke({"images": [], "model": "lions"})
    assert (kind, response["error"]["code"]) == ("response", "unknown_model")


def test_an_event_that_is_no_request_is_a_function_error(function: RuntimeAPI) -> None:
    kind, error = function.invoke({"Records": []})
    assert (kind, error["errorType"]) == ("error", "KeyError")
    assert function.invoke({"describe": True})[0] == "response"  # and the worker lives on


def test_a_worker_without_its_model_fails_at_init(python: Path, task_root: Path, tmp_path: Path) -> None:
    with running(python, task_root, MODELS_FOLDER=str(tmp_path)) as api:
        kind, error = api.next_post()
    assert (kind, error["errorType"]) == ("init/error", "UnknownModelError")


def test_another_model_can_be_the_default(python: Path, task_root: Path, tmp_path: Path) -> None:
    samples.bundle(tmp_path)
    with running(python, task_root, MODELS_FOLDER=str(tmp_path), DEFAULT_MODEL="colors") as api:
        _, response = api.invoke({"images": []})
    assert response["model"]["name"] == "colors"


def test_a_bundle_of_the_bucket_is_tried_and_served(
    python: Path, task_root: Path, s3_endpoint: str, tmp_path: Path
) -> None:
    s3 = boto3.client("s3", endpoint_url=s3_endpoint)
    s3.create_bucket(Bucket="models")
    for name, model in (("colors", None), ("hungry", hostile_models.hungry())):
        for file in samples.bundle(tmp_path, name).iterdir():
            body = model if model and file.name == "model.onnx" else file.read_bytes()
            s3.put_object(Bucket="models", Key=f"models/{name}/1.2.3/{file.name}", Body=body)
    with running(python, task_root, AWS_ENDPOINT_URL_S3=s3_endpoint, MODELS_BUCKET="models") as api:
        _, refused = api.invoke({"images": [], "model": "hungry"})
        _, served = api.invoke({"images": [], "model": "colors@1.2.3"})
    assert refused["error"]["code"] == "unusable_model"
    assert "more than 1024 MB" in refused["error"]["detail"]
    assert served["model"]["name"] == "colors"


def test_the_image_holds_every_module_and_model_and_no_training(task_root: Path) -> None:
    package = task_root / "edge_ml"
    assert {path.name for path in package.glob("*.py")} == {path.name for path in dockerfile.CONTEXT.glob("*.py")}
    assert (package / "models/animals/model.onnx").is_file()
    assert not (package / "training").exists()
    assert not (package / "onboarding").exists()
    assert not list(task_root.rglob("__pycache__"))


def test_the_image_is_pinned_and_runs_as_nobody() -> None:
    (base,) = dockerfile.instructions("FROM")
    assert base.rsplit(":", 1)[1].count(".") == 5, "a dated tag, such as 3.13.2026.06.05.14"
    assert dockerfile.instructions("USER") == ["65534"]
