"""A limit on what one decode may allocate: a second net, below what files say of themselves."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

MOST_BYTES = 520_000_000
_DATA = 5
"""Which number of /proc/self/statm counts the pages a limit on data counts."""


@contextmanager
def memory_limited() -> Iterator[None]:
    """Let the process allocate so much and no more: an allocation beyond it fails. Only Linux knows how."""
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = _own_limits()
    with open("/proc/self/statm", "rb") as file:
        held = int(file.read().split()[_DATA]) * os.sysconf("SC_PAGE_SIZE")
    granted = held + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (granted if soft == resource.RLIM_INFINITY else min(granted, soft), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@cache
def _own_limits() -> tuple[int, int]:
    """Those the process began with, and goes back to, however many threads are at it."""
    import resource

    return resource.getrlimit(resource.RLIMIT_DATA)
