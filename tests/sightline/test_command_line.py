"""The program without a command, and with a mistake."""

import subprocess
import sys

import pytest

from tests.sightline.conftest import Run
from tests.stacks import ROOT


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("sightline",), ("usage: sightline", "upload", "webhooks", "login")),
        (("sightline", "webhooks"), ("usage: sightline webhooks", "redrive")),
        (("edge_ml",), ("usage: python -m edge_ml", "add")),
    ],
    ids=" ".join,
)
def test_without_a_command_the_help_is_printed(arguments: tuple[str, ...], shown: tuple[str, ...]) -> None:
    ran = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert not [text for text in shown if text not in ran.stdout]


@pytest.mark.parametrize("arguments", [("nothing",), ("webhooks", "nothing"), ("list", "--nothing"), ("list", "extra")])
def test_a_mistake_is_named(run: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as exit_status:
        run(*arguments)
    assert exit_status.value.code == 2
    assert arguments[-1] in capsys.readouterr().err
