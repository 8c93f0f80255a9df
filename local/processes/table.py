"""Which processes live on this machine, told apart by the moment they started: a recycled pid is another process."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")
_BOOT = _PROC / "sys/kernel/random/boot_id"


class Living(NamedTuple):
    """One process that is not a zombie; `started` is in the words of the system, only good to be compared."""

    pid: int
    group: int
    started: str


def living() -> Iterator[Living]:
    """Every process; from /proc where there is one (slim images carry no `ps`), else from `ps`."""
    return _from_proc() if _BOOT.exists() else _from_ps()


def started(pid: int) -> str:
    """When this process started; empty when there is none."""
    return next((each.started for each in living() if each.pid == pid), "")


def group_lives(group: int) -> bool:
    """Whether any process of this group does."""
    return any(each.group == group for each in living())


def _from_proc() -> Iterator[Living]:
    boot = _BOOT.read_text().strip()
    for entry in _PROC.iterdir():
        if entry.name.isdecimal() and (stat := _stat(entry)) and stat[0] not in "ZX":
            yield Living(int(entry.name), int(stat[2]), f"{boot} {stat[19]}")


def _stat(entry: Path) -> list[str]:
    """The fields from the third on: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html ."""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _from_ps() -> Iterator[Living]:
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat=,lstart="],  # noqa: S607 (where it lies differs between systems)
        capture_output=True,
        text=True,
        check=True,
    )
    for line in listing.stdout.splitlines():
        pid, group, state, began = line.split(None, 3)
        if not state.startswith("Z"):
            yield Living(int(pid), int(group), began.strip())
