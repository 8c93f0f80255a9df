"""Processes that outlive the command that starts them, each recorded in a file and ended with its children."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from local.processes import table

_ours: dict[int, subprocess.Popen[bytes]] = {}
"""The children of this very command: to be waited for when ended here, to be left behind otherwise."""


@dataclass(frozen=True, slots=True)
class Process:
    """One detached process: who it is, when it started, the port it listens on."""

    pid: int
    started: str
    port: int

    @property
    def runs(self) -> bool:
        """Whether it still does; a stranger that got its pid later is not it."""
        return bool(self.started) and table.started(self.pid) == self.started


def start(
    directory: Path,
    name: str,
    command: Sequence[str],
    *,
    port: int,
    environment: Mapping[str, str],
    cwd: Path,
    inherit: Sequence[int] = (),
) -> Process:
    """Start `command` in a session of its own, its output in `logs/<name>.log`, and record it."""
    log = log_file(directory, name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=tuple(inherit),
        )
    _ours[child.pid] = child
    process = Process(child.pid, table.started(child.pid), port)
    _record(directory, name).write_text(json.dumps(asdict(process)))
    return process


def recorded(directory: Path, name: str) -> Process | None:
    """The process of that name which was started last here and not ended; it may have died since."""
    try:
        return Process(**json.loads(_record(directory, name).read_text()))
    except (FileNotFoundError, TypeError, ValueError):
        return None


def running(directory: Path, name: str) -> Process | None:
    """The same, if it lives."""
    process = recorded(directory, name)
    return process if process and process.runs else None


def end(directory: Path, name: str, *, patience: float = 8.0) -> bool:
    """Ask it and its children to end, insist after `patience` seconds; whether there was one to end."""
    process = running(directory, name)
    if process:
        _signal(process.pid, signal.SIGTERM)
        if not _gone(process.pid, patience):
            _signal(process.pid, signal.SIGKILL)
            _gone(process.pid, patience)
    if started := recorded(directory, name):
        _reap(started.pid)
    _record(directory, name).unlink(missing_ok=True)
    return process is not None


def log_file(directory: Path, name: str) -> Path:
    """Where the output of the process of that name goes."""
    return directory / "logs" / f"{name}.log"


def _record(directory: Path, name: str) -> Path:
    return directory / f"{name}.pid"


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _gone(group: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while table.group_lives(group):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _reap(pid: int) -> None:
    # One that died by itself is a zombie of ours until somebody asks after it.
    if (child := _ours.get(pid)) and child.poll() is not None:
        del _ours[pid]
