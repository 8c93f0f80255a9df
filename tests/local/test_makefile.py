import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MAKEFILE = (ROOT / "Makefile").read_text()


def make(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments], cwd=cwd, env={"PATH": os.environ["PATH"]} | environment, capture_output=True, text=True
    )


def test_help_is_the_default_and_names_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    stdout = make().stdout
    assert all(re.search(rf"^  {target} +\w", stdout, re.MULTILINE) for target in phony[1].split())


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "requirements-pip.txt", "constraints.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path


def test_an_old_python_is_named_in_one_sentence(bare_checkout: Path) -> None:
    old = bare_checkout / "python2"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    result = make("run", f"PYTHON={old}", cwd=bare_checkout)
    assert result.returncode
    assert "This needs Python 3.11 or later" in result.stderr
    assert not (bare_checkout / ".venv").exists()


def test_stopping_a_checkout_that_never_ran_succeeds(bare_checkout: Path) -> None:
    result = make("stop", cwd=bare_checkout)
    assert (result.returncode, result.stdout) == (0, "Nothing was running.\n")


@pytest.mark.parametrize(
    "name",
    ["requirements.txt", "requirements-dev.txt", "requirements-checkov.txt", "requirements-pip.txt", "constraints.txt"],
)
def test_every_requirement_is_pinned(name: str) -> None:
    lines = [
        line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r ", "-c "))
    ]
    assert lines
    assert all(re.fullmatch(r"[a-z0-9-]+(\[[a-z,]+\])?==[0-9][0-9a-z.]*", line) for line in lines)


def test_the_chaos_run_takes_a_new_seed_unless_one_is_named() -> None:
    assert "tests.chaos --seed 11" in make("--dry-run", "chaos", "SEED=11").stdout
    assert not re.search("tests.chaos .*--seed", make("--dry-run", "chaos").stdout)
