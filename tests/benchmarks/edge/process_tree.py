"""A server process with all its descendants: start it, read its processor time, end it. Linux; see proc_pid_stat(5)."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")


class _Process(NamedTuple):
    pid: int
    parent: int
    seconds: float


@contextmanager
def running(command: Sequence[str], directory: Path, **environment: str) -> Iterator[int]:
    """Run a command for the time of the block; yields its process id."""
    variables = {"PATH": os.environ["PATH"], "HOME": str(directory)} | environment
    with (directory / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=directory, env=variables, stdout=log, stderr=log)
        try:
            yield process.pid
        finally:
            for child in _tree(process.pid):  # some servers give their workers a session of their own
                with suppress(ProcessLookupError):
                    os.kill(child.pid, signal.SIGKILL)
            process.wait()


def processor_seconds(root: int) -> float:
    """Return the user and system time of a process and its living descendants."""
    return sum(child.seconds for child in _tree(root))


def _tree(root: int) -> list[_Process]:
    processes = list(_processes())
    found = [process for process in processes if process.pid == root]
    for parent in found:  # grows while it is walked
        found += [process for process in processes if process.parent == parent.pid]
    return found


def _processes() -> Iterator[_Process]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            fields = path.read_text().rpartition(")")[2].split()
            yield _Process(int(path.parent.name), int(fields[1]), (int(fields[11]) + int(fields[12])) / _TICKS)
