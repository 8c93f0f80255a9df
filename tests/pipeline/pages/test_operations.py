"""The commands of docs/operations.md are run as they are written, against the deployed app."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from local.deployment import Deployment
from local.processes.environment import clean
from tests.pipeline.pages.page import blocks
from tests.stacks import ROOT

PAGE = "docs/operations.md"
BLOCKS = blocks(PAGE, "sh")
TRIED = [block for block in BLOCKS if not block.startswith("# in an account only\n")]
AS_ROOT = dict(re.findall(r"(AWS_\w+)=([\w-]+)", (ROOT / PAGE).read_text())) | {"AWS_PAGER": ""}
"""The credentials that the page names, and no pager."""


def test_most_commands_can_be_tried() -> None:
    assert len(TRIED) > len(BLOCKS) / 2


@pytest.mark.skipif(not shutil.which("aws"), reason="the AWS CLI is not installed here")
def test_the_commands_of_the_page_succeed(deployment: Deployment, tmp_path: Path) -> None:
    ran = subprocess.run(
        ["bash", "-xeuo", "pipefail", "-c", "\n".join(TRIED)],
        cwd=tmp_path,
        env=clean(AS_ROOT | {"ENDPOINT": deployment.endpoints.aws_endpoint}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert '{"status": "ok"}' in ran.stdout
    assert not re.findall(r"^.* --[a-z-]*(?:name|url|arn) (?:''|None)(?: |$)", ran.stderr, re.MULTILINE)
