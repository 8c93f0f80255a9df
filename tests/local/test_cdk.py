from pathlib import Path

import pytest

from local import cdk
from local.cdk import CDKError


def replace_cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """Have a shell script run in place of the CLI."""
    program = tmp_path / "cdk"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(cdk, "_CLI", program)


def run(tmp_path: Path) -> list[str]:
    """Run the CLI; returns the lines of progress."""
    lines: list[str] = []
    cdk.run(
        "deploy", endpoint="http://127.0.0.1:1", home=tmp_path, log=tmp_path / "logs/deploy.log", report=lines.append
    )
    return lines


def test_the_progress_of_a_deployment_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    replace_cli(monkeypatch, tmp_path, "echo '✨  Synthesis time: 4.93s'; echo; echo noise >&2; echo ' ✅  APIStack'")
    assert run(tmp_path) == ["templates written (4.93s)", "APIStack deployed"]
    assert "noise" in (tmp_path / "logs/deploy.log").read_text()


def test_a_broken_deployment_shows_its_last_lines_and_names_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    resource = "APIStack |  5/31 | 5:34:44 PM | DELETE_COMPLETE | AWS::CDK::Metadata | CDKMetadata"
    replace_cli(monkeypatch, tmp_path, f"echo 'bucket refused'; echo '{resource}'; exit 1")
    with pytest.raises(CDKError, match="bucket refused") as failure:
        run(tmp_path)
    assert "DELETE_COMPLETE" not in str(failure.value)
    assert str(tmp_path / "logs/deploy.log") in str(failure.value)


def test_a_checkout_without_the_cli_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cdk, "_CLI", tmp_path / "cdk")
    with pytest.raises(CDKError, match="npm ci"):
        run(tmp_path)
