"""The client's commands in the README are run as they are written, against the deployed app."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.chain import Chain
from tests.pipeline.pages.page import blocks, checkout, run
from tests.ports import free_port
from tests.stacks import ROOT

BUNDLE = ROOT / "edge_ml/models/animals"


@pytest.fixture
def folder(chain: Chain, cat: bytes, tmp_path: Path) -> Iterator[Path]:
    """A checkout with a picture, a model and its labels."""
    folder = checkout(tmp_path, chain.deployment)
    (folder / "cat.jpg").write_bytes(cat)
    (folder / "model.onnx").symlink_to(BUNDLE / "model.onnx")
    (folder / "labels.txt").write_text("\n".join(json.loads((BUNDLE / "model.json").read_text())["labels"]))
    yield folder
    s3, bucket = chain.deployment.client("s3"), chain.deployment.endpoints.models_bucket
    for stored in s3.list_objects_v2(Bucket=bucket, Prefix="models/mine/").get("Contents", ()):
        s3.delete_object(Bucket=bucket, Key=stored["Key"])


def test_every_command_of_the_client_succeeds(chain: Chain, folder: Path) -> None:
    commands = "".join(block for block in blocks("README.md", "sh") if block.startswith(".venv/bin/python -m"))
    assert len(commands.splitlines()) == 6
    endpoints = chain.deployment.endpoints
    environment = {
        "BUCKET": endpoints.models_bucket,
        "AWS_ENDPOINT_URL": endpoints.aws_endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    hook = f"http://127.0.0.1:{free_port()}/hook"
    ran = run(commands.replace("https://example.com/hook", hook), folder, environment)
    assert ran.returncode == 0, ran.stderr
    assert f"s3://{endpoints.models_bucket}/models/mine/" in ran.stdout
    (webhook_id,) = set(re.findall(r"sub_\w{32}", "\n".join(line for line in ran.stdout.splitlines() if hook in line)))
    assert chain.request("DELETE", f"/webhooks/{webhook_id}").status_code == 204
