"""The commands of docs/operations.md are run as they are written, against the deployed app."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from local.deployment import Deployment
from local.environment import clean
from tests.stacks import ROOT

SECTIONS = re.split(r"^## ", (ROOT / "docs/operations.md").read_text(), flags=re.MULTILINE)[1:]
TRIED = {
    section.splitlines()[0]: blocks
    for section in SECTIONS
    if (
        blocks := [
            each for each in re.findall(r"^```sh\n(.*?)^```", section, re.M | re.S) if not each.startswith("# in")
        ]
    )
}

AS_ROOT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_PAGER": "",
}


@pytest.mark.skipif(
    not shutil.which("aws"), reason="the page's commands are the AWS CLI's, which is not installed here"
)
@pytest.mark.parametrize("section", [each for each in TRIED if each != "First"])
def test_the_commands_of_the_page_succeed(section: str, deployment: Deployment, tmp_path: Path) -> None:
    script = "\n".join([*TRIED["First"], *TRIED[section]])
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=clean(AS_ROOT | {"ENDPOINT": deployment.endpoints.aws_endpoint}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"


def test_most_sections_have_commands_that_were_tried() -> None:
    assert len(TRIED) >= 8
