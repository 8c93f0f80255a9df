import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local import process_table, processes
from local.processes import Process

SLEEP = "import time; time.sleep(60)"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); {SLEEP}"


def start(directory: Path, program: str) -> Process:
    return processes.start(directory, "sleeper", [sys.executable, "-c", program], port=1, environment={}, cwd=directory)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    processes.end(tmp_path, "sleeper", patience=0.2)


def members(group: int) -> int:
    return sum(each.group == group for each in process_table.living())


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_was_started_is_found_again_and_ended(directory: Path) -> None:
    started = start(directory, SLEEP)
    assert processes.running(directory, "sleeper") == started
    assert processes.end(directory, "sleeper")
    assert not started.runs
    assert processes.recorded(directory, "sleeper") is None


def test_a_process_is_ended_with_its_children(directory: Path) -> None:
    started = start(directory, PARENT)
    until(lambda: members(started.pid) == 2)
    processes.end(directory, "sleeper")
    assert members(started.pid) == 0


def test_a_process_that_ignores_the_request_is_killed(directory: Path) -> None:
    started = start(directory, STUBBORN)
    until(lambda: "ready" in processes.log_file(directory, "sleeper").read_text())
    assert processes.end(directory, "sleeper", patience=0.2)
    assert not started.runs


def test_a_stranger_who_got_the_pid_later_is_left_alone(directory: Path) -> None:
    stranger = start(directory, SLEEP)
    record = directory / "sleeper.pid"
    mine = record.read_text()
    record.write_text(mine.replace(stranger.started, "before that"))
    assert processes.running(directory, "sleeper") is None
    assert not processes.end(directory, "sleeper")
    assert stranger.runs
    record.write_text(mine)


def test_the_dead_do_not_run(directory: Path) -> None:
    started = start(directory, "pass")
    until(lambda: not started.runs)
    assert processes.recorded(directory, "sleeper") == started
    assert processes.running(directory, "sleeper") is None


def test_one_that_died_by_itself_leaves_no_zombie_once_ended(directory: Path) -> None:
    started = start(directory, "pass")
    until(lambda: not started.runs)
    assert not processes.end(directory, "sleeper")
    assert started.pid not in processes._ours


def test_a_process_never_seen_alive_is_nobody() -> None:
    assert not replace(Process(1, "", 1), pid=1).runs


def test_ending_what_never_was_says_so(tmp_path: Path) -> None:
    assert not processes.end(tmp_path, "sleeper")


def test_a_torn_record_is_no_process(tmp_path: Path) -> None:
    (tmp_path / "sleeper.pid").write_text('{"pid": 1')
    assert processes.recorded(tmp_path, "sleeper") is None


def test_a_zombie_is_not_living() -> None:
    child = subprocess.Popen([sys.executable, "-c", SLEEP])
    assert process_table.started(child.pid)
    child.send_signal(signal.SIGKILL)
    until(lambda: not process_table.started(child.pid))
    child.wait()


def test_where_there_is_no_proc_ps_tells_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {each.pid: each.group for each in process_table.living()}
    listing = "".join(f" {pid} {group} Ss Fri Nov 20 17:41:00 2026\n" for pid, group in here.items())
    listing += " 99999 99999 Z Fri Nov 20 17:41:00 2026\n"
    said = subprocess.CompletedProcess([], 0, stdout=listing)
    monkeypatch.setattr(process_table, "_BOOT", Path("/nowhere"))
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    assert {each.pid: each.group for each in process_table.living()} == here
    assert {each.started for each in process_table.living()} == {"Fri Nov 20 17:41:00 2026"}
