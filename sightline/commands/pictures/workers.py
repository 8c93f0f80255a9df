"""A pool of daemon threads that works through many items at once."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

_POLL_SECONDS = 0.2


class _Done(NamedTuple, Generic[T]):
    """An item that was worked on, and the exception that the work raised, or None."""

    item: T
    error: BaseException | None


class _Pool(Generic[T]):
    """The items that wait and those that are done; a failure stops every worker after its current item."""

    def __init__(self, work: Callable[[T], None], items: Sequence[T]) -> None:
        self._work, self._failed = work, threading.Event()
        self._waiting, self._done = queue.SimpleQueue[T](), queue.SimpleQueue[_Done[T]]()
        for item in items:
            self._waiting.put(item)

    def run_worker(self) -> None:
        """Work until no item waits or one has failed."""
        while not self._failed.is_set():
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return
            error = self._error_of(item)
            if error:
                self._failed.set()
            self._done.put(_Done(item, error))

    def next_done(self) -> _Done[T]:
        """Wait for the next item that is done."""
        while True:  # Windows notices Ctrl-C only between waits
            try:
                return self._done.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue

    def _error_of(self, item: T) -> BaseException | None:
        try:
            self._work(item)
        except BaseException as error:
            return error
        return None


def work_through(work: Callable[[T], None], items: Sequence[T], workers: int) -> Iterator[T]:
    """Yield items as their work is done; raises the first exception of the work, after which no item is started.

    The threads are daemons: an interrupted program does not wait for a server that does not respond.
    """
    pool = _Pool(work, items)
    for _ in range(min(workers, len(items))):
        threading.Thread(target=pool.run_worker, daemon=True).start()
    for _ in items:
        item, error = pool.next_done()
        if error:
            raise error
        yield item
