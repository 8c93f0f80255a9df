import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.processes import detached, table
from local.processes.detached import Command, Process
from tests.local.processes.waiting import until

SLEEP = "import time; time.sleep(60)"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); {SLEEP}"


def start(directory: Path, program: str) -> Process:
    return detached.start(directory, "sleeper", Command((sys.executable, "-c", program), directory, {}), port=1)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    detached.end(tmp_path, "sleeper", patience=0.2)


def members(group: int) -> int:
    return sum(process.group == group for process in table.live_processes())


def test_a_started_process_is_found_and_ended(directory: Path) -> None:
    started = start(directory, SLEEP)
    assert detached.running(directory, "sleeper") == started
    assert detached.end(directory, "sleeper")
    assert not started.runs
    assert detached.recorded(directory, "sleeper") is None


def test_a_process_is_ended_with_its_children(directory: Path) -> None:
    started = start(directory, PARENT)
    until(lambda: members(started.pid) == 2)
    detached.end(directory, "sleeper")
    assert members(started.pid) == 0


def test_a_process_that_ignores_sigterm_is_killed(directory: Path) -> None:
    started = start(directory, STUBBORN)
    until(lambda: "ready" in detached.log_file(directory, "sleeper").read_text())
    assert detached.end(directory, "sleeper", patience=0.2)
    assert not started.runs


def test_another_process_with_the_same_pid_is_left_alone(directory: Path) -> None:
    other = start(directory, SLEEP)
    record = directory / "sleeper.pid"
    record_of_other = record.read_text()
    record.write_text(record_of_other.replace(other.started, "before that"))
    assert detached.running(directory, "sleeper") is None
    assert not detached.end(directory, "sleeper")
    assert other.runs
    record.write_text(record_of_other)


def test_a_dead_process_does_not_run(directory: Path) -> None:
    started = start(directory, "pass")
    until(lambda: not started.runs)
    assert detached.recorded(directory, "sleeper") == started
    assert detached.running(directory, "sleeper") is None


def test_a_process_that_died_by_itself_leaves_no_zombie(directory: Path) -> None:
    started = start(directory, "pass")
    until(lambda: not started.runs)
    assert not detached.end(directory, "sleeper")
    assert started.pid not in detached._children


def test_a_process_without_a_start_time_does_not_run() -> None:
    assert not Process(1, "", 1).runs


def test_ending_a_process_that_was_never_started_returns_false(tmp_path: Path) -> None:
    assert not detached.end(tmp_path, "sleeper")


def test_a_torn_record_is_no_process(tmp_path: Path) -> None:
    (tmp_path / "sleeper.pid").write_text('{"pid": 1')
    assert detached.recorded(tmp_path, "sleeper") is None
