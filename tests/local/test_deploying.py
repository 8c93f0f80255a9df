import json
import os
import re
import socket
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from local import cdk, deployment
from local.cdk import CDKError
from local.deployment import Endpoints
from local.emulator import process as emulator
from local.emulator.process import EmulatorError
from local.processes import environment


def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    program = tmp_path / "cdk"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(cdk, "_CLI", program)


def run(tmp_path: Path) -> list[str]:
    told: list[str] = []
    cdk.run("deploy", endpoint="http://127.0.0.1:1", home=tmp_path, log=tmp_path / "logs/deploy.log", tell=told.append)
    return told


def test_the_progress_of_a_deployment_is_told_in_a_few_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cli(monkeypatch, tmp_path, "echo '✨  Synthesis time: 4.93s'; echo; echo noise >&2; echo ' ✅  APIStack'")
    assert run(tmp_path) == ["templates written (4.93s)", "APIStack deployed"]
    assert "noise" in (tmp_path / "logs/deploy.log").read_text()


def test_a_broken_deployment_shows_its_last_lines_and_names_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    resource = "APIStack |  5/31 | 5:34:44 PM | DELETE_COMPLETE | AWS::CDK::Metadata | CDKMetadata"
    cli(monkeypatch, tmp_path, f"echo 'bucket refused'; echo '{resource}'; exit 1")
    with pytest.raises(CDKError, match="bucket refused") as failure:
        run(tmp_path)
    assert "DELETE_COMPLETE" not in str(failure.value)
    assert str(tmp_path / "logs/deploy.log") in str(failure.value)


def test_a_checkout_without_the_cli_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cdk, "_CLI", tmp_path / "cdk")
    with pytest.raises(CDKError, match="npm ci"):
        run(tmp_path)


def test_nothing_of_the_users_account_leaks_into_what_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"PATH": "/bin", "AWS_PROFILE": "mine", "https_proxy": "http://proxy"})
    made = environment.clean({"AWS_REGION": "us-east-1"})
    assert {name for name in made if name.startswith("AWS_")} == {"AWS_REGION"}
    assert "https_proxy" not in made
    assert made["PATH"].startswith(str(Path(sys.executable).parent))
    environment.forget_the_account()
    assert set(os.environ) == {"PATH"}


def test_a_port_in_use_is_told_with_another_to_choose(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmulatorError, match=rf"Port {port} is taken .* make run PORT={port + 1}"):
            emulator.start(tmp_path, port)


def test_an_emulator_that_does_not_come_up_names_its_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    monkeypatch.setattr(emulator, "_SERVER", tmp_path / "nothing.py")
    with pytest.raises(EmulatorError, match=re.escape(str(emulator.log_file(tmp_path)))):
        emulator.start(tmp_path, port)
    assert not emulator.left_behind(tmp_path)


def test_every_url_of_the_endpoints_works_with_any_client(tmp_path: Path) -> None:
    written = tmp_path / "outputs.json"
    written.write_text(json.dumps({"APIStack": {"UploadsQueueUrl": "http://localhost:4566/000000000000/uploads"}}))
    made = deployment._endpoints(4566, deployment._outputs(written))
    assert made.uploads_queue_url == "http://127.0.0.1:4566/000000000000/uploads"
    assert made.api.startswith("http://127.0.0.1:4566/_aws/execute-api/")
    assert made.user_pool_id is None


def test_the_endpoints_hold_what_was_promised() -> None:
    promised = (
        "api aws_endpoint images_bucket models_bucket recognitions_table uploads_queue_url"
        " user_pool_id user_pool_client_id region"
    )
    assert [each.name for each in fields(Endpoints)] == promised.split()
