"""Keep freed memory within the process: to hand it back after every layer cost half of the processor time."""

import ctypes

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_MUCH = 2**31 - 1


def keep() -> None:
    """16 photographs per processor second became 37 (glibc; elsewhere nothing happens)."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for setting, value in ((_TRIM_THRESHOLD, _MUCH), (_TOP_PAD, 2**28), (_MMAP_THRESHOLD, _MUCH)):
        mallopt(setting, value)
