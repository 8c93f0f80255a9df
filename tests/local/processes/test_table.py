import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.processes import table
from tests.local.processes.waiting import until

SLEEP = "import time; time.sleep(60)"


def test_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", SLEEP])
    assert table.start_time(child.pid)
    child.send_signal(signal.SIGKILL)
    until(lambda: not table.start_time(child.pid))
    child.wait()


def test_ps_is_read_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {process.pid: process.group for process in table.live_processes()}
    listing = "".join(f" {pid} {group} Ss Fri Nov 20 17:41:00 2026\n" for pid, group in here.items())
    listing += " 99999 99999 Z Fri Nov 20 17:41:00 2026\n"
    completed = subprocess.CompletedProcess([], 0, stdout=listing)
    monkeypatch.setattr(table, "_BOOT", Path("/nowhere"))
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: completed)
    assert {process.pid: process.group for process in table.live_processes()} == here
    assert {process.started for process in table.live_processes()} == {"Fri Nov 20 17:41:00 2026"}
