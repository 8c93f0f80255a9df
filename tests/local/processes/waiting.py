"""Waiting for a condition, without a bound that a busy machine could miss."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object]) -> None:
    """Wait until the condition holds; fails after a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
