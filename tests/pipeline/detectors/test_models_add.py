"""`sightline models add` against the deployed app: checked, uploaded, served, and asked for."""

import json
import subprocess
import sys
from pathlib import Path

from local.processes.environment import clean
from tests.pipeline.chain import Chain
from tests.pipeline.pages.page import checkout
from tests.stacks import ROOT

BUNDLE = ROOT / "edge_ml/models/animals"


def test_a_model_is_added_and_served(chain: Chain, cat: bytes, tmp_path: Path) -> None:
    folder = checkout(tmp_path, chain.deployment)
    (folder / "cat.jpg").write_bytes(cat)
    labels = json.loads((BUNDLE / "model.json").read_text())["labels"]
    (folder / "labels.txt").write_text("\n".join(labels))

    def sightline(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sightline", *arguments]
        return subprocess.run(
            command, cwd=folder, env=clean({}), capture_output=True, text=True, check=False, timeout=300
        )

    added = sightline("models", "add", str(BUNDLE / "model.onnx"), "--labels", "labels.txt", "--name", "added")
    assert added.returncode == 0, added.stderr
    assert added.stdout.endswith("added@1.0.0 is served: sightline classify cat.jpg --model added\n")
    assert "added" in sightline("models", "list").stdout
    classified = sightline("classify", "cat.jpg", "--model", "added", "--json")
    assert json.loads(classified.stdout)["model"]["name"] == "added"
    taken = sightline("models", "add", str(BUNDLE / "model.onnx"), "--labels", "labels.txt", "--name", "added")
    assert (taken.returncode, "Refused (taken)" in taken.stderr) == (1, True)

    s3, bucket = chain.deployment.client("s3"), chain.deployment.endpoints.models_bucket
    for stored in s3.list_objects_v2(Bucket=bucket, Prefix="models/added/")["Contents"]:
        s3.delete_object(Bucket=bucket, Key=stored["Key"])
