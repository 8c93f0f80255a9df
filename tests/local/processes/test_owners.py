import os
import socket
import sys
from pathlib import Path

import pytest

from local.processes import detached, owners
from local.processes.detached import Command
from tests.local.processes.waiting import until

SLEEP = "import time; time.sleep(60)"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"


def test_the_process_that_listens_on_a_port_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        holder = owners.listener(port)
        assert holder
        assert holder.pid == os.getpid()
    assert owners.listener(port) is None


def test_processes_whose_records_were_deleted_are_ended_with_their_children(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for directory in (here, elsewhere):
        directory.mkdir()
    lost = detached.start(here, "sleeper", Command((sys.executable, "-c", PARENT), here, {}), port=1)
    other = detached.start(elsewhere, "sleeper", Command((sys.executable, "-c", SLEEP), here, {}), port=1)
    try:
        (here / "sleeper.pid").unlink()
        until(lambda: owners.groups_started_in(here) == {lost.pid})
        assert not detached.end(here, "sleeper")
        assert detached.end_unrecorded(here) == [lost.pid]
        assert not lost.runs
        assert other.runs
        assert detached.end_unrecorded(here) == []
    finally:
        detached.end(elsewhere, "sleeper")


@pytest.mark.parametrize("name", ["A_VARIABLE", owners.STARTED_IN])
def test_the_environment_of_a_missing_process_is_unknown(name: str) -> None:
    assert owners.variable(2**22 + 1, name) is None
