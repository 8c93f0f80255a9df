"""A clock for tests: it does not run, but a test or a server of a test advances it."""

import pytest

import wire.outbound.connection
import wire.outbound.fetch


class Clock:
    """Seconds as `time.monotonic` counts them; an object with `monotonic` can replace the `time` module."""

    def __init__(self) -> None:
        self._now = 1000.0

    def monotonic(self) -> float:
        """Return the current moment."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        self._now += seconds


def outbound_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return a new clock by which outbound connections measure their deadlines from now on.

    The seconds until a deadline also bound each wait on a socket, and such a wait ends by the real clock.
    """
    clock = Clock()
    for module in (wire.outbound.connection, wire.outbound.fetch):
        monkeypatch.setattr(module, "time", clock)
    return clock
