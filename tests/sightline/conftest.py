"""A deployment that stands in, and the client run against it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sightline.__main__ import main
from tests.sightline.stand_in import JPEG, Deployment, standing_in


@dataclass(frozen=True)
class Ran:
    """What a run of the client left behind."""

    status: int
    said: str
    complained: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The JSON lines it printed."""
        return [json.loads(each) for each in self.said.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """A deployment named by the environment."""
    monkeypatch.delenv("SIGHTLINE_TOKEN", raising=False)
    with standing_in() as made:
        monkeypatch.setenv("SIGHTLINE_API", made.url)
        yield made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command."""

    def ran(*arguments: object) -> Ran:
        status = main([str(each) for each in arguments])
        return Ran(status, *capsys.readouterr())

    return ran


@pytest.fixture
def holiday(tmp_path: Path) -> Path:
    """A folder as people have them: other letters, folders in it, and things that are no pictures."""
    folder = tmp_path / "holiday"
    (folder / "zoo").mkdir(parents=True)
    for name in ("Kätzchen.jpg", "zoo/猫 1.JPG", ".thumbnail.jpg", "notes.txt"):
        (folder / name).write_bytes(JPEG)
    return folder
