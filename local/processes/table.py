"""The live processes of this machine, identified by pid and start time: a recycled pid is another process."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")
_BOOT = _PROC / "sys/kernel/random/boot_id"


class LiveProcess(NamedTuple):
    """One process that is not a zombie; `started` is text in the system's format, only good for comparison."""

    pid: int
    group: int
    started: str


def live_processes() -> Iterator[LiveProcess]:
    """Yield every process: from /proc where there is one (slim images lack `ps`), else from `ps`."""
    return _from_proc() if _BOOT.exists() else _from_ps()


def start_time(pid: int) -> str:
    """Return the start time of a process as text; empty if there is no such process."""
    return next((process.started for process in live_processes() if process.pid == pid), "")


def group_is_alive(group: int) -> bool:
    """Return True if any process of the group is alive."""
    return any(process.group == group for process in live_processes())


def _from_proc() -> Iterator[LiveProcess]:
    boot = _BOOT.read_text().strip()
    for entry in _PROC.iterdir():
        if entry.name.isdecimal() and (stat := _stat(entry)) and stat[0] not in "ZX":
            yield LiveProcess(int(entry.name), int(stat[2]), f"{boot} {stat[19]}")


def _stat(entry: Path) -> list[str]:
    """Return the fields from the third on: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html ."""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _from_ps() -> Iterator[LiveProcess]:
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat=,lstart="],  # noqa: S607 (its place differs between systems)
        capture_output=True,
        text=True,
        check=True,
    )
    for line in listing.stdout.splitlines():
        pid, group, state, began = line.split(None, 3)
        if not state.startswith("Z"):
            yield LiveProcess(int(pid), int(group), began.strip())
