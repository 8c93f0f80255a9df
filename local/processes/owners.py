"""The processes that hold a port, or that were started in a folder, whether a record of them is left or not."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

STARTED_IN = "SIGHTLINE_STARTED_IN"
"""The variable of a process, and of its children, that names the folder that it was started in."""


def listener(port: int) -> psutil.Process | None:
    """Return the process that listens on this TCP port; None if there is none, or if it is another user's."""
    return next(_where(lambda process: _listens(process, port)), None)


def groups_started_in(directory: Path) -> set[int]:
    """Return the process groups that were started in a folder."""
    groups = set()
    for process in _where(lambda process: was_started_in(process, directory)):
        with suppress(ProcessLookupError):  # it has just ended
            groups.add(os.getpgid(process.pid))
    return groups


def was_started_in(process: psutil.Process, directory: Path) -> bool:
    """Return True if the process was started in this folder."""
    return variable(process.pid, STARTED_IN) == str(directory.resolve())


def variable(pid: int, name: str) -> str | None:
    """Return a variable of the environment that a process was started with; None if it cannot be read."""
    try:
        return psutil.Process(pid).environ().get(name)
    except (psutil.Error, OSError):
        return None


def _where(condition: Callable[[psutil.Process], bool]) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # it has just ended, or it is another user's
            if process.status() != psutil.STATUS_ZOMBIE and condition(process):
                yield process


def _listens(process: psutil.Process, port: int) -> bool:
    connections = process.net_connections("tcp")
    return any(found.status == psutil.CONN_LISTEN and found.laddr.port == port for found in connections)
