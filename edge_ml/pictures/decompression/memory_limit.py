"""A memory limit for one decompression: the second line of defense, behind the pixel budget of the header."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

MAX_BYTES = 520_000_000
_DATA_PAGES = 5
"""The field of /proc/self/statm with the pages that RLIMIT_DATA counts."""


@contextmanager
def memory_limit() -> Iterator[None]:
    """Let allocations beyond `MAX_BYTES` more than now fail with MemoryError. Does nothing except on Linux."""
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = _initial_limits()
    with open("/proc/self/statm", "rb") as file:
        held = int(file.read().split()[_DATA_PAGES]) * os.sysconf("SC_PAGE_SIZE")
    limit = held + MAX_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (limit if soft == resource.RLIM_INFINITY else min(limit, soft), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@cache
def _initial_limits() -> tuple[int, int]:
    """Return the limits the process began with. Every thread restores these, whatever another thread has set."""
    import resource

    return resource.getrlimit(resource.RLIMIT_DATA)
