"""A fake deployment, and the client run against it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sightline.__main__ import main
from tests.sightline.fake_deployment import JPEG, Deployment
from tests.sightline.fake_server import fake_deployment


@dataclass(frozen=True)
class Result:
    """The exit status and the output of one run of the client."""

    status: int
    stdout: str
    stderr: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The JSON lines in stdout."""
        return [json.loads(line) for line in self.stdout.splitlines()]


Run = Callable[..., Result]


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """A fake deployment that the environment names."""
    monkeypatch.delenv("SIGHTLINE_TOKEN", raising=False)
    with fake_deployment() as deployment:
        monkeypatch.setenv("SIGHTLINE_API", deployment.url)
        yield deployment


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs one command."""

    def run_main(*arguments: object) -> Result:
        status = main([str(argument) for argument in arguments])
        return Result(status, *capsys.readouterr())

    return run_main


@pytest.fixture
def holiday(tmp_path: Path) -> Path:
    """A folder as people have them: other letters, folders in it, and files that are no pictures."""
    folder = tmp_path / "holiday"
    (folder / "zoo").mkdir(parents=True)
    for name in ("Kätzchen.jpg", "zoo/猫 1.JPG", ".thumbnail.jpg", "notes.txt"):
        (folder / name).write_bytes(JPEG)
    return folder
