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

from tests.sightline.fake_changes import HELD
from tests.sightline.fake_deployment import JPEG, Deployment
from tests.stacks import ROOT

IMAGE = f"img_{0:032x}"


def interrupted(
    deployment: Deployment, condition: Callable[[], bool], *arguments: object, cwd: Path = ROOT
) -> tuple[int, str, str]:
    """Interrupt the client once the condition holds; returns its exit status, stdout and stderr."""
    with subprocess.Popen(
        [sys.executable, "-m", "sightline", *map(str, arguments)],
        cwd=cwd, env=os.environ | {"SIGHTLINE_API": deployment.url, "PYTHONPATH": str(ROOT)},
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # what runs in a background ignores it
    ) as process:  # fmt: skip
        while not condition():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    return process.returncode, stdout, stderr


def requested_twice(deployment: Deployment, path: str) -> Callable[[], bool]:
    """Return the condition that the path has been requested twice."""
    return lambda: [request.path for request in deployment.requests].count(path) > 1


def test_an_interrupted_upload_prints_what_was_sent(deployment: Deployment, tmp_path: Path) -> None:
    pictures = [tmp_path / name for name in ("a.jpg", "b.jpg", "held.jpg", "never.jpg")]
    for picture in pictures:
        picture.write_bytes(JPEG)
    status, stdout, stderr = interrupted(deployment, lambda: deployment.held, "upload", *pictures, "--parallel", "1")
    assert status == 130
    assert stderr == f"\nInterrupted: 2 of 4 sent.\nThese pictures may have arrived: {pictures[2]}\n"
    assert [line.split()[-1] for line in stdout.splitlines()[2:]] == [str(picture) for picture in pictures[:2]]


def test_interrupted_waiting_prints_the_ids_of_what_was_sent(deployment: Deployment, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    deployment.polls_until_outcome = 10_000
    status, stdout, stderr = interrupted(
        deployment, requested_twice(deployment, f"/images/{IMAGE}"), "upload", tmp_path, "--wait"
    )
    assert (status, stderr) == (130, "\nInterrupted: 1 of 1 sent.\n")
    assert IMAGE in stdout


def test_an_interrupted_export_names_the_complete_files(deployment: Deployment, tmp_path: Path) -> None:
    deployment.export_parts = [3, HELD]
    status, stdout, stderr = interrupted(deployment, lambda: deployment.held, "export", cwd=tmp_path)
    assert (status, stdout) == (130, "images-1.json: 3 images\n")
    assert stderr == "\nInterrupted: the complete files are images-1.json.\n"
    assert [file.name for file in tmp_path.iterdir()] == ["images-1.json"]


@pytest.mark.parametrize(
    ("arguments", "path"), [([], "/images?limit=100"), ([IMAGE], f"/images/{IMAGE}")], ids=["all", "one"]
)
def test_an_interrupted_watch_prints_no_error(deployment: Deployment, arguments: list[str], path: str) -> None:
    deployment.add("cat.jpg")
    deployment.polls_until_outcome = 10_000
    status, _, stderr = interrupted(deployment, requested_twice(deployment, path), "watch", *arguments)
    assert (status, stderr) == (130, "")
