"""`sightline models add`: the program that it runs, and the wait until the model is served."""

import json
from pathlib import Path
from typing import Any

import pytest

from sightline import Client, Problem
from sightline.commands.models.add import Added, wait_until_served
from tests.sightline.conftest import Run
from tests.sightline.fake_deployment import Deployment, Response

DIGEST = "ab" * 32
PROGRAM = """import os, sys
print("ran with", *sys.argv[1:], os.environ.get("AWS_ENDPOINT_URL"))
if "--refuse" in sys.argv:
    sys.exit(1)
print("Written to s3://the-bucket/models/mine/1.0.0/")
print("The digest of the model is {digest}.")
"""


def listed(*entries: dict[str, Any]) -> Response:
    return Response(200, json.dumps({"items": list(entries), "detectors": ["edge"]}))


def entry(**changed: Any) -> dict[str, Any]:
    return {"detector": "edge", "name": "mine", "version": "1.0.0", "status": "ready", "digest": DIGEST} | changed


@pytest.fixture
def checkout(tmp_path: Path, deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a program in place of edge_ml, in which `make run` made the deployment."""
    (tmp_path / "edge_ml").mkdir()
    (tmp_path / "edge_ml/__main__.py").write_text(PROGRAM.format(digest=DIGEST))
    (tmp_path / ".local").mkdir()
    addresses = {"api": deployment.url, "aws_endpoint": "http://127.0.0.1:4566", "models_bucket": "b", "region": "r"}
    (tmp_path / ".local/endpoints.json").write_text(json.dumps(addresses))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return tmp_path


def test_a_model_is_checked_uploaded_and_waited_for(
    deployment: Deployment, run: Run, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline.commands.models.add._INTERVAL_SECONDS", 0.0)
    old, untried = entry(digest="cd" * 32), entry(status="untried")
    deployment.responses["/models"] = [listed(), listed(old), listed(untried), listed(entry())]
    result = run("models", "add", "m.onnx", "--labels", "l.txt", "--name", "mine", "--size", "32x32")
    assert result.status == 0, result.stderr
    first, *_, last = result.stdout.splitlines()
    options = "m.onnx --labels l.txt --name mine --size 32x32"
    assert first == f"ran with add --to s3://b/models/ {options} http://127.0.0.1:4566"
    assert last == "mine@1.0.0 is served: sightline classify cat.jpg --model mine"
    assert len(deployment.requests) == 4


def test_in_an_account_the_bucket_is_found_by_the_api(deployment: Deployment, run: Run, checkout: Path) -> None:
    (checkout / ".local/endpoints.json").unlink()
    deployment.responses["/models"] = [listed(entry())] * 2
    assert f"--to {deployment.url} m.onnx None" in run("models", "add", "m.onnx").stdout
    assert run("models", "add", "m.onnx", "--json").records == [entry()]


def test_a_refusal_ends_the_command(deployment: Deployment, run: Run, checkout: Path) -> None:
    assert run("models", "add", "m.onnx", "--refuse").status == 1
    assert not deployment.requests


def test_without_a_checkout_the_problem_says_where_to_run_it(
    deployment: Deployment, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sightline.commands.models.add.find_spec", lambda name: None)
    result = run("models", "add", "m.onnx")
    assert (result.status, "no_checkout" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "not_served_yet"),
        ([entry(status="unusable", error={"code": "unusable_model", "detail": "It is broken."})], "unusable_model"),
    ],
)
def test_a_model_that_is_not_served_is_a_failure(
    deployment: Deployment, entries: list[dict[str, Any]], code: str
) -> None:
    deployment.responses["/models"] = [listed(*entries)]
    with pytest.raises(Problem, match=code):
        wait_until_served(Client(deployment.url), Added("mine", "1.0.0", DIGEST), patience=-1.0)
