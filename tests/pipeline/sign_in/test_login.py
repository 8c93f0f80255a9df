"""`sightline login` and `logout` against a deployment with sign-in, and the sign-in that `make run` leaves."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.demo import user
from local.deployment import Deployment
from sightline.client.access.account import DEMO_USER
from tests.pipeline.pages.page import checkout
from tests.stacks import ROOT

PASSWORD = "Difference-engine-1"
Sightline = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def sightline(tmp_path: Path) -> Sightline:
    """The client with an empty configuration, in a folder of its own."""
    folder = tmp_path / "folder"
    folder.mkdir()

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGHTLINE_")}
        return subprocess.run(
            [sys.executable, "-m", "sightline", *arguments],
            cwd=folder,
            env=kept | {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path / "config")},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def invite(deployment: Deployment, name: str) -> str:
    """Invite a user as an administrator does; returns the temporary password."""
    cognito, temporary = deployment.client("cognito-idp"), "Temporary-password-1"
    cognito.admin_create_user(
        UserPoolId=deployment.endpoints.user_pool_id,
        Username=name,
        TemporaryPassword=temporary,
        MessageAction="SUPPRESS",
    )
    return temporary


def test_an_invited_user_signs_in_and_out(guarded: Deployment, sightline: Sightline, tmp_path: Path) -> None:
    name, api = "invited@example.com", ("--api", guarded.endpoints.api)
    refused = sightline("list", *api)
    assert (refused.returncode, "sightline login" in refused.stderr) == (1, True)

    wrong = sightline("login", name, *api, typed="no password\n")
    assert (wrong.returncode, "wrong_password" in wrong.stderr) == (1, True)

    first = sightline("login", name, *api, typed=f"{invite(guarded, name)}\n{PASSWORD}\n")
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"{name} is signed in at {guarded.endpoints.api}\n"
    assert sightline("login", name, *api, typed=f"{PASSWORD}\n").returncode == 0

    kept = tmp_path / "config/sightline/sign-ins.json"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert sightline("list", *api).returncode == 0

    content = json.loads(kept.read_text())
    old = content[guarded.endpoints.api] | {"expires_at": 0, "access_token": "an expired one"}
    kept.write_text(json.dumps({guarded.endpoints.api: old}))
    assert sightline("list", *api).returncode == 0
    assert json.loads(kept.read_text())[guarded.endpoints.api]["access_token"] != "an expired one"

    out = sightline("logout", *api)
    assert (out.returncode, out.stdout) == (0, f"{name} is signed out at {guarded.endpoints.api}\n"), out.stderr
    assert json.loads(kept.read_text()) == {}
    assert sightline("list", *api).returncode == 1
    assert sightline("logout", *api).stdout == "Nobody was signed in.\n"


def test_a_sign_in_that_was_ended_elsewhere_says_so(guarded: Deployment, sightline: Sightline, tmp_path: Path) -> None:
    api = ("--api", guarded.endpoints.api)
    temporary = invite(guarded, "gone@example.com")
    assert sightline("login", "gone@example.com", *api, typed=f"{temporary}\n{PASSWORD}\n").returncode == 0
    kept = tmp_path / "config/sightline/sign-ins.json"
    content = json.loads(kept.read_text())
    content[guarded.endpoints.api] |= {"expires_at": 0, "refresh_token": "an invalid one"}
    kept.write_text(json.dumps(content))
    ran = sightline("list", *api)
    assert (ran.returncode, "signed_out" in ran.stderr, "Run sightline login." in ran.stderr) == (1, True, True)


def test_a_deployment_without_sign_in_says_so(deployment: Deployment, sightline: Sightline) -> None:
    ran = sightline("login", "ada@example.com", "--api", deployment.endpoints.api, typed="password\n")
    assert (ran.returncode, "no_sign_in" in ran.stderr) == (1, True)


def test_the_client_finds_the_demo_user_s_sign_in(guarded: Deployment, sightline: Sightline, tmp_path: Path) -> None:
    assert sightline("list", "--api", guarded.endpoints.api).returncode == 1
    assert user.demo_token(guarded)
    file = Path(guarded.directory, DEMO_USER)
    try:
        checkout(tmp_path / "folder", guarded)
        assert sightline("list").returncode == 0
        assert sightline("list", "--api", guarded.endpoints.api).returncode == 0
        assert file.stat().st_mode & 0o777 == 0o600
    finally:
        file.unlink()
