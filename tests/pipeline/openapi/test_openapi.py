"""The deployed API against its own description, by schemathesis."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.demo import user
from tests.pipeline.chain import Chain
from tests.stacks import ROOT

REQUESTS = 100_000
"""More than the test sends."""


@pytest.fixture(scope="module")
def dora(ann: Chain) -> Chain:
    """A user whose daily quota this test does not use up."""
    dora = replace(ann, token=user.token(ann.deployment, "dora@example.com"))
    dynamodb, today = dora.deployment.client("dynamodb"), datetime.now(UTC)
    (usage,) = (name for name in dynamodb.list_tables()["TableNames"] if name.startswith("APIStack-Usage"))
    for day in (today, today + timedelta(days=1)):
        row = {"owner": {"S": dora.sub}, "day": {"S": f"{day:%Y-%m-%d}"}, "admitted": {"N": str(-REQUESTS)}}
        dynamodb.put_item(TableName=usage, Item=row)
    return dora


def test_every_response_is_described(dora: Chain, tmp_path: Path) -> None:
    images = [dora.by_url(f"{name}.png") for name in ("one", "two", "three")]
    for image_id in images:
        dora.settled(image_id)
    run = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            *("--no-color", "--config-file", ROOT / "tests/pipeline/openapi/schemathesis.toml", "run"),
            *(f"{dora.deployment.endpoints.api}/openapi.json", "--header", f"Authorization: Bearer {dora.token}"),
        ],
        cwd=tmp_path,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "SIGHTLINE_PHOTOS": dora.photos, "SIGHTLINE_IMAGE_IDS": ",".join(images)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
