"""The deployed API against its own description: schemathesis asks what it allows and what it does not."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local import demo_user
from tests.pipeline.chain import Chain
from tests.pipeline.sign_in.test_two_users import sub
from tests.stacks import ROOT

QUESTIONS = 100_000
"""More than anybody will ask."""


@pytest.fixture(scope="module")
def dora(ann: Chain) -> Chain:
    """Somebody whose day's quota this test will not use up."""
    made = replace(ann, token=demo_user.token(ann.deployment, "dora@example.com"))
    dynamodb, today = made.deployment.client("dynamodb"), datetime.now(UTC)
    (usage,) = (name for name in dynamodb.list_tables()["TableNames"] if name.startswith("APIStack-Usage"))
    for day in (today, today + timedelta(days=1)):
        said = {"owner": {"S": sub(made)}, "day": {"S": f"{day:%Y-%m-%d}"}, "admitted": {"N": str(-QUESTIONS)}}
        dynamodb.put_item(TableName=usage, Item=said)
    return made


def test_every_answer_is_one_that_the_description_has(dora: Chain, tmp_path: Path) -> None:
    images = [dora.by_url(f"{name}.png") for name in ("one", "two", "three")]
    for image_id in images:
        dora.settled(image_id)
    asked = subprocess.run(
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
    assert asked.returncode == 0, asked.stdout + asked.stderr
