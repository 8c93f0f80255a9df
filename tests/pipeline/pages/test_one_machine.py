"""The commands of docs/one-machine.md are run in their order, with the arguments that the Makefile gives them."""

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

import local.__main__ as commands
from local import servers
from local.demo.run import SERVERS
from local.endpoints import base_url
from tests.pipeline.pages.page import blocks
from tests.ports import free_port
from tests.stacks import ROOT

CASCADE, STOP, REKOGNITION, STOP_AGAIN = [
    line for block in blocks("docs/one-machine.md", "sh") for line in block.splitlines()
]


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that stands for `.local`."""
    monkeypatch.setattr(commands, "_DIRECTORY", tmp_path)
    yield tmp_path
    servers.stop(tmp_path, SERVERS)


def run(line: str, port: int) -> None:
    """Run one command of the page."""
    make = ["make", "--no-print-directory", "-n", *shlex.split(line)[1:]]  # `make test` may run this test
    shown = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True)
    command = shown.stdout.replace("\\\n", " ").partition("/python -m local ")[2].partition(";")[0]
    name, *arguments = shlex.split(command)
    given = commands._parser().parse_args([name, *arguments, *(["--port", str(port)] if name == "run" else [])])
    given.command(given)


def image_ids(api: str) -> set[str]:
    items = requests.get(f"{api}/images?limit=100", timeout=60).json()["items"]
    return {image["image_id"] for image in items}


def test_the_commands_show_what_the_page_says(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    api = base_url(port)
    run(CASCADE, port)
    printed = capsys.readouterr().out
    assert f"\n  API={api}\n  PHOTO=http://127.0.0.1:" in printed
    assert "a stand-in for Amazon Rekognition" in printed
    assert "  paid    0 calls, $0.000" in printed
    assert "  saved   3 calls, $0.003 (3 by the cascade, 0 by the result cache)" in printed
    before = image_ids(api)
    (webhook,) = requests.get(f"{api}/webhooks", timeout=60).json()["items"]
    assert requests.post(f"{api}/webhooks/{webhook['webhook_id']}/test", timeout=60).ok

    run(STOP, port)
    assert "Kept in .local/state: its images, models, webhooks and users." in capsys.readouterr().out
    run(REKOGNITION, port)
    printed = capsys.readouterr().out
    assert "Continuing with images, models, webhooks and users" in printed
    assert "cat        Cat (Mammal, Pet, Animal) 97%" in printed
    assert "  paid    3 calls, $0.003" in printed
    after = requests.get(f"{api}/images?limit=100", timeout=60).json()["items"]
    assert before < {image["image_id"] for image in after}
    asked = {image["recognition"]["model"]["version"] for image in after if image["image_id"] not in before}
    assert asked == {"sightline-stand-in"}
    assert requests.get(f"{api}/images/{min(before)}/annotated", timeout=60).headers["Content-Type"] == "image/jpeg"

    run(STOP_AGAIN, port)
    assert requests_fail(api)


def requests_fail(api: str) -> bool:
    """Return True if nothing responds there."""
    try:
        requests.get(f"{api}/health", timeout=5)
    except requests.RequestException:
        return True
    return False
