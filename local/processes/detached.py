"""Processes that outlive the command that starts them; each is recorded in a file and ended with its children."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from local.processes import owners, table

_PATIENCE = 8.0
"""Seconds that a process has to end by itself."""

_KILLED_WITHIN = 30.0
"""Seconds. No process can ignore SIGKILL, but a busy machine may take a while to remove it."""

_children: dict[int, subprocess.Popen[bytes]] = {}
"""The children of this process by pid: waited for when they are ended here, left running otherwise."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program with its arguments, its working directory, its environment and the descriptors it inherits."""

    arguments: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str]
    inherited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """One detached process: its pid, its start time as text, the port that it listens on."""

    pid: int
    started: str
    port: int

    @property
    def runs(self) -> bool:
        """True if the process is alive; another process that got its pid later does not count."""
        return bool(self.started) and table.start_time(self.pid) == self.started


def start(directory: Path, name: str, command: Command, *, port: int) -> Process:
    """Start a command in a session of its own, with its output in `logs/<name>.log`, and record it."""
    log = log_file(directory, name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            command.arguments,
            cwd=command.cwd,
            env={**command.environment, owners.STARTED_IN: str(directory.resolve())},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=command.inherited,
        )
    _children[child.pid] = child
    process = Process(child.pid, table.start_time(child.pid), port)
    _record(directory, name).write_text(json.dumps(asdict(process)))
    return process


def recorded(directory: Path, name: str) -> Process | None:
    """Return the process of this name that was started last and not ended, dead or alive; None if there is none."""
    try:
        return Process(**json.loads(_record(directory, name).read_text()))
    except (FileNotFoundError, TypeError, ValueError):
        return None


def running(directory: Path, name: str) -> Process | None:
    """Return the process of this name if it is alive."""
    process = recorded(directory, name)
    return process if process and process.runs else None


def end(directory: Path, name: str, *, patience: float = _PATIENCE) -> bool:
    """Terminate a process and its children, kill them after `patience` seconds; returns True if it was alive."""
    process = running(directory, name)
    if process:
        _terminate(process.pid, patience)
    if started := recorded(directory, name):
        _reap(started.pid)
    _record(directory, name).unlink(missing_ok=True)
    return process is not None


def end_unrecorded(directory: Path) -> list[int]:
    """End the processes of this directory whose records were deleted, and return the ids of their groups.

    Call this after `end` of all names: the children of a recorded process are not told apart.
    """
    groups = sorted(owners.groups_started_in(directory))
    for group in groups:
        _terminate(group, _PATIENCE)
    return groups


def log_file(directory: Path, name: str) -> Path:
    """Return the file with the output of the process of this name."""
    return directory / "logs" / f"{name}.log"


def _record(directory: Path, name: str) -> Path:
    return directory / f"{name}.pid"


def _terminate(group: int, patience: float) -> None:
    _signal(group, signal.SIGTERM)
    if not _gone(group, patience):
        _signal(group, signal.SIGKILL)
        _gone(group, _KILLED_WITHIN)
    if child := _children.pop(group, None):
        with suppress(subprocess.TimeoutExpired):  # its other threads may end after the first one
            child.wait(_KILLED_WITHIN)


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _gone(group: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while table.group_is_alive(group):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _reap(pid: int) -> None:
    # A child that died by itself stays a zombie until its status is read.
    if (child := _children.get(pid)) and child.poll() is not None:
        del _children[pid]
