"""A pool of daemon threads that works through many items at once."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

_POLL_SECONDS = 0.2


class _Done(NamedTuple, Generic[T]):
    """An item that was worked on, and what the work raised."""

    item: T
    error: BaseException | None


def work_through(work: Callable[[T], None], items: Sequence[T], workers: int) -> Iterator[T]:
    """Yield each item when its work is done; raises what the work raised.

    The threads are daemons: an interrupted program does not wait for a server that does not respond.
    """
    waiting, done = queue.SimpleQueue[T](), queue.SimpleQueue[_Done[T]]()
    for item in items:
        waiting.put(item)
    for _ in range(min(workers, len(items))):
        threading.Thread(target=_run_worker, args=(work, waiting, done), daemon=True).start()
    for _ in items:
        item, error = _next(done)
        if error:
            raise error
        yield item


def _run_worker(
    work: Callable[[T], None], waiting: "queue.SimpleQueue[T]", done: "queue.SimpleQueue[_Done[T]]"
) -> None:
    while True:
        try:
            item = waiting.get_nowait()
        except queue.Empty:
            return
        done.put(_Done(item, _error_of(work, item)))


def _error_of(work: Callable[[T], None], item: T) -> BaseException | None:
    try:
        work(item)
    except BaseException as error:
        return error
    return None


def _next(done: "queue.SimpleQueue[T]") -> T:
    while True:  # Windows notices Ctrl-C only between waits
        try:
            return done.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            continue
