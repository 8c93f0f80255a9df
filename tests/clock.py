"""A clock for tests: it stands still until a test, or the server that the code under test talks to, moves it on."""

import pytest

import wire.outbound.connection
import wire.outbound.fetch


class Clock:
    """Seconds as `time.monotonic` counts them; its `monotonic` makes it fit in place of the `time` module."""

    def __init__(self) -> None:
        self._now = 1000.0

    def monotonic(self) -> float:
        """Return the current moment."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move on."""
        self._now += seconds


def outbound_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock by which outbound connections now measure their deadlines.

    What a deadline leaves also bounds each wait on a socket, and that wait ends by the real clock.
    """
    clock = Clock()
    for module in (wire.outbound.connection, wire.outbound.fetch):
        monkeypatch.setattr(module, "time", clock)
    return clock
