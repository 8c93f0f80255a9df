"""The processes in which the emulator runs functions, found by their parent and by what they were started with."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from local import processes
from local.deployment import Deployment
from local.emulator import NAME

_PROC = Path("/proc")


def workers(deployment: Deployment, function: str) -> list[int]:
    """The pids of those that run this function now."""
    emulator = processes.running(deployment.directory, NAME)
    assert emulator, "the emulator runs"
    return [pid for pid, parent, command in _all() if parent == emulator.pid and f"-{function}" in command]


def kill(deployment: Deployment, function: str) -> list[int]:
    """End them as a machine that dies would; answers the pids."""
    killed = []
    for pid in workers(deployment, function):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
    return killed


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
