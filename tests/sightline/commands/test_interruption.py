"""Ctrl-C, sent to the program as a terminal sends it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.sightline.amended import HELD
from tests.sightline.stand_in import JPEG, Deployment
from tests.stacks import ROOT

IMAGE = f"img_{0:032x}"


def interrupted(
    deployment: Deployment, once: Callable[[], bool], *arguments: object, cwd: Path = ROOT
) -> tuple[int, str, str]:
    """The client's exit status and what it printed, interrupted once that is so."""
    with subprocess.Popen(
        [sys.executable, "-m", "sightline", *map(str, arguments)],
        cwd=cwd, env=os.environ | {"SIGHTLINE_API": deployment.url, "PYTHONPATH": str(ROOT)},
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # what runs in a background ignores it
    ) as process:  # fmt: skip
        while not once():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate(timeout=60)
    return process.returncode, said, complained


def asked(deployment: Deployment, path: str) -> Callable[[], bool]:
    """Whether that path has been asked for twice."""
    return lambda: len([each for _, each, _ in deployment.asked if each == path]) > 1


def test_an_interrupted_upload_says_what_was_sent(deployment: Deployment, tmp_path: Path) -> None:
    pictures = [tmp_path / name for name in ("a.jpg", "b.jpg", "held.jpg", "never.jpg")]
    for each in pictures:
        each.write_bytes(JPEG)
    status, said, complained = interrupted(deployment, lambda: deployment.held, "upload", *pictures, "--parallel", "1")
    assert status == 130
    assert complained == f"\nInterrupted: 2 of 4 sent.\nThese may have arrived: {pictures[2]}\n"
    assert [line.split()[-1] for line in said.splitlines()[2:]] == [str(each) for each in pictures[:2]]


def test_interrupted_waiting_leaves_the_ids_of_what_was_sent(deployment: Deployment, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    deployment.looks_until_answered = 10_000
    status, said, complained = interrupted(
        deployment, asked(deployment, f"/images/{IMAGE}"), "upload", tmp_path, "--wait"
    )
    assert (status, complained) == (130, "\nInterrupted: 1 of 1 sent.\n")
    assert IMAGE in said


def test_an_interrupted_export_leaves_whole_files_and_says_which(deployment: Deployment, tmp_path: Path) -> None:
    deployment.exported = [3, HELD]
    status, said, complained = interrupted(deployment, lambda: deployment.held, "export", cwd=tmp_path)
    assert (status, said) == (130, "images-1.json: 3 images\n")
    assert complained == "\nInterrupted: whole are images-1.json.\n"
    assert [each.name for each in tmp_path.iterdir()] == ["images-1.json"]


@pytest.mark.parametrize(
    ("arguments", "path"), [([], "/images?limit=100"), ([IMAGE], f"/images/{IMAGE}")], ids=["all", "one"]
)
def test_watching_ends_quietly(deployment: Deployment, arguments: list[str], path: str) -> None:
    deployment.add("cat.jpg")
    deployment.looks_until_answered = 10_000
    status, _, complained = interrupted(deployment, asked(deployment, path), "watch", *arguments)
    assert (status, complained) == (130, "")
