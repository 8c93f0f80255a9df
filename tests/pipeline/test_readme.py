"""What the README shows of signing up, signing in and refreshing is run as it is written."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.deployment import Deployment
from local.processes.environment import clean
from tests.stacks import ROOT


def blocks(language: str) -> list[str]:
    """The code of the README's section on signing in."""
    section = re.search(r"^### Sign in\n(.*?)^##", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert section
    return re.findall(rf"^```{language}\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL)


def values(text: str) -> list[Any]:
    """The JSON values that stand one after another."""
    found, rest = [], text.strip()
    while rest:
        value, end = json.JSONDecoder().raw_decode(rest)
        found.append(value)
        rest = rest[end:].strip()
    return found


@pytest.fixture(scope="module")
def said(guarded: Deployment, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the commands print, as in a checkout whose `make run AUTH=cognito` made the deployment."""
    checkout = tmp_path_factory.mktemp("checkout")
    (checkout / ".local").symlink_to(Path(guarded.directory).resolve())
    script = "\n".join(blocks("sh"))
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=checkout,
        env=clean({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return values(ran.stdout)


def test_signing_up_leaves_somebody_to_be_confirmed(said: list[Any]) -> None:
    assert said[0]["UserConfirmed"] is False
    assert said[1] == {}


def test_signing_in_opens_an_empty_list(said: list[Any]) -> None:
    assert said[2] == {"items": [], "next_cursor": None}


def test_a_refreshed_token_is_as_good(said: list[Any]) -> None:
    assert said[3]["detectors"]


def test_the_refusal_is_the_one_that_is_shown(said: list[Any]) -> None:
    (shown,) = blocks("json")
    assert said[4:] == [json.loads(shown)]
