"""A schedule that does the steps of all lives when they are due: lives in parallel, the steps of a life in order."""

import heapq
import threading
import time
from collections.abc import Callable, Iterable

from tests.chaos.plan.plan import Life, Step

_THREADS = 4
_PAUSE = 0.5
"""Seconds until a step is done again if the app was not ready for it."""

Do = Callable[[Life, str], bool]


class Schedule:
    """The running schedule: it starts at once, and `join` raises the first exception of a step."""

    def __init__(self, steps: Iterable[Step], seconds: float, do: Do) -> None:
        self._do, self._started, self._seconds = do, time.monotonic(), seconds
        self._left: dict[int, list[Step]] = {}
        for step in steps:
            self._left.setdefault(step.life.number, []).append(step)
        self._due = [(self._moment(waiting[0]), number) for number, waiting in self._left.items()]
        heapq.heapify(self._due)
        self._lock, self._failed = threading.Lock(), list[Exception]()
        self._threads = [threading.Thread(target=self._work) for _ in range(_THREADS)]
        for thread in self._threads:
            thread.start()

    @property
    def over(self) -> bool:
        """True once all steps are done."""
        return not any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        """Wait until all steps are done."""
        for thread in self._threads:
            thread.join()
        if self._failed:
            raise self._failed[0]

    def _work(self) -> None:
        while not self._failed and (number := self._next()) is not None:
            step = self._left[number][0]
            try:
                done = self._do(step.life, step.what)
            except Exception as error:  # `join` raises it again in the main thread
                self._failed.append(error)
                return
            self._put_back(number, done)

    def _next(self) -> int | None:
        with self._lock:
            if not self._due:
                return None
            moment, number = heapq.heappop(self._due)
        time.sleep(max(0.0, moment - time.monotonic()))
        return number

    def _put_back(self, number: int, done: bool) -> None:
        if done:
            self._left[number].pop(0)
        if self._left[number]:
            again = self._moment(self._left[number][0]) if done else time.monotonic() + _PAUSE
            with self._lock:
                heapq.heappush(self._due, (again, number))

    def _moment(self, step: Step) -> float:
        return self._started + step.at * self._seconds
