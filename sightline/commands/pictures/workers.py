"""Work on many things at once."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

_GLANCE = 0.2


def work_through(work: Callable[[T], None], things: Sequence[T], workers: int) -> Iterator[T]:
    """Each thing once it is done; what a worker raised is raised here.

    The threads are daemons: an interrupted program does not wait for a server that says nothing.
    """
    waiting, done = queue.SimpleQueue[T](), queue.SimpleQueue[tuple[T, BaseException | None]]()
    for thing in things:
        waiting.put(thing)
    for _ in range(min(workers, len(things))):
        threading.Thread(target=_toil, args=(work, waiting, done), daemon=True).start()
    for _ in things:
        thing, error = _awaited(done)
        if error:
            raise error
        yield thing


def _toil(work: Callable[[Any], None], waiting: "queue.SimpleQueue[Any]", done: "queue.SimpleQueue[Any]") -> None:
    while True:
        try:
            thing = waiting.get_nowait()
        except queue.Empty:
            return
        done.put((thing, _error_of(work, thing)))


def _error_of(work: Callable[[T], None], thing: T) -> BaseException | None:
    try:
        work(thing)
    except BaseException as error:
        return error
    return None


def _awaited(done: "queue.SimpleQueue[T]") -> T:
    while True:  # Windows hears Ctrl-C only between waits
        try:
            return done.get(timeout=_GLANCE)
        except queue.Empty:
            continue
