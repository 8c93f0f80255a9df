"""The clock of a simulation: actions that happen at their times, and one source of chance."""

import heapq
import math
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any


class Engine:
    """Runs actions in the order of their times. `now` is in seconds since the start of the run."""

    def __init__(self, seed: int) -> None:
        self.now = 0.0
        self.random = Random(seed)  # noqa: S311 (a simulation)
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._number = count()

    def after(self, seconds: float, action: Callable[..., None], *arguments: Any) -> None:
        """Call the action after so many seconds; actions of the same time run in the order of these calls."""
        heapq.heappush(self._heap, (self.now + seconds, next(self._number), action, arguments))

    def run(self, until: float = math.inf) -> None:
        """Run all actions before this time, in seconds."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            self.now, _, action, arguments = heapq.heappop(heap)
            action(*arguments)

    def about(self, median: float, sigma: float) -> float:
        """Return a duration from a log-normal distribution, in the unit of `median`."""
        return median * math.exp(sigma * self.random.gauss(0.0, 1.0)) if sigma else median
