"""The commands of docs/use-it.md are run as they are written, against the deployed app."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pipeline.chain import Chain, wait_for
from tests.pipeline.pages.page import blocks, checkout, run, with_photo

PAGE = "docs/use-it.md"
WITH_THE_AWS_CLI = "aws --endpoint-url"


@pytest.fixture(scope="module")
def folder(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout(tmp_path_factory.mktemp("checkout"), chain.deployment)


@pytest.fixture(scope="module")
def ran(chain: Chain, folder: Path) -> subprocess.CompletedProcess[str]:
    commands = [block for block in blocks(PAGE, "sh") if shutil.which("aws") or WITH_THE_AWS_CLI not in block]
    return run(with_photo("\n".join(commands), f"{chain.photos}/cat.png"), folder)


def test_every_command_of_the_page_succeeds(ran: subprocess.CompletedProcess[str]) -> None:
    assert ran.returncode == 0, ran.stderr
    assert not re.search(r'"status": *[45]\d\d', ran.stdout)
    assert len(re.findall(r'"status": *"queued"', ran.stdout)) == 2
    assert re.search(r'"label": *"cat"', ran.stdout)


@pytest.mark.skipif(not shutil.which("aws"), reason="the AWS CLI is not installed here")
def test_the_object_that_was_put_into_the_bucket_is_recognized(
    chain: Chain, ran: subprocess.CompletedProcess[str]
) -> None:
    assert wait_for(lambda: [image for image in chain.listed() if image["name"] == "cat 1.png"])


def test_the_annotated_picture_is_a_jpeg(folder: Path, ran: subprocess.CompletedProcess[str]) -> None:
    assert (folder / ".local/annotated.jpg").read_bytes().startswith(b"\xff\xd8\xff")
