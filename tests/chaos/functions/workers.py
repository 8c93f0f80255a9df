"""The processes in which the emulator runs functions, found by their parent and their command line."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from local.deployment import Deployment
from local.emulator.process import NAME
from local.processes import detached

_PROC = Path("/proc")


def workers(deployment: Deployment, function: str) -> list[int]:
    """Return the pids of the living processes that run this function."""
    emulator = detached.running(deployment.directory, NAME)
    assert emulator, "the emulator runs"
    return [pid for pid, parent, command in _all() if parent == emulator.pid and f"-{function}" in command]


def kill(deployment: Deployment, function: str) -> list[int]:
    """Kill the function's workers as a failing machine would, wait until they are dead, and return their pids."""
    killed = []
    for pid in workers(deployment, function):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
    _wait_until_dead(deployment, function, set(killed))
    return killed


def _wait_until_dead(deployment: Deployment, function: str, pids: set[int]) -> None:
    """Wait for a process that is killed while a busy machine does not run it; a zombie has no command line."""
    deadline = time.monotonic() + 60
    while pids & set(workers(deployment, function)):
        assert time.monotonic() < deadline, f"not dead: {pids}"
        time.sleep(0.01)


def _all() -> Iterator[tuple[int, int, str]]:
    return _from_proc() if _PROC.exists() else _from_ps()


def _from_proc() -> Iterator[tuple[int, int, str]]:
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                yield int(entry.name), int(parent), (entry / "cmdline").read_text().replace("\0", " ")


def _from_ps() -> Iterator[tuple[int, int, str]]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        pid, parent, command = line.split(None, 2)
        yield int(pid), int(parent), command
