"""A server in a process group of its own: started, its processor time read, ended. Linux."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def running(command: Sequence[str], directory: Path, **environment: str) -> Iterator[int]:
    """Run a command while the caller works; gives its process group."""
    given = {"PATH": os.environ["PATH"], "HOME": str(directory)} | environment
    log = (directory / "server.log").open("wb")
    with (
        log,
        subprocess.Popen(command, cwd=directory, env=given, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            yield process.pid
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def processor_seconds(group: int) -> float:
    """User and system time that the group's living processes have taken (proc_pid_stat(5))."""
    return sum(_seconds(stat) for stat in _stats() if stat["pgrp"] == group)


def _seconds(stat: Mapping[str, int]) -> float:
    return (stat["utime"] + stat["stime"]) / _TICKS


def _stats() -> Iterator[Mapping[str, int]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        yield {"pgrp": int(fields[2]), "utime": int(fields[11]), "stime": int(fields[12])}
