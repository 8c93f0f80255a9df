"""Lambda's event source of a queue: pollers that fill batches, and invoke a function with them.

A poller waits in a long poll and receives the messages that come, ten at most. It invokes the function at once, or with
a batching window when its batch is full or the window is over, and polls again after the function has returned.
While messages wait, more pollers join; while none wait, they leave again, down to five.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from sightline.pricing.batching.engine import Engine

BATCH_SIZE = 10
FIRST_POLLERS = 5
"""The pollers of an idle queue whose event source has a maximum concurrency, as ours have; without one it may be 2."""
POLLERS_PER_SECOND = 300 / 60
"""Pollers that join or leave. AWS names no speed of leaving."""

End = Callable[[], None]
Invoke = Callable[[list[Any], End], None]
"""Invokes the function with a batch; its second argument is to be called when the function has returned."""


class Polling(NamedTuple):
    """At most so many batches at once, a window in seconds, and the pollers at the start."""

    most: int
    window: float = 0.0
    pollers: int = FIRST_POLLERS


class EventSource:
    """A queue and its pollers. `batches` and `messages` count the invocations and what they were given."""

    def __init__(self, engine: Engine, invoke: Invoke, polling: Polling) -> None:
        self._engine, self._invoke, self._polling = engine, invoke, polling
        self._waiting: deque[Any] = deque()
        self._open: list[list[Any]] = []
        self._pollers, self._busy = polling.pollers, 0
        self._fewest = min(FIRST_POLLERS, polling.most)
        self._changed_at = 0.0
        self.batches = self.messages = 0

    @property
    def mean_batch(self) -> float:
        """The mean number of messages in a batch."""
        return self.messages / max(self.batches, 1)

    @property
    def backlog(self) -> int:
        """The messages that no poller has received."""
        return len(self._waiting)

    def send(self, *messages: Any) -> None:
        """Add messages to the queue; pollers that wait receive them at once."""
        self._waiting.extend(messages)
        self._receive()

    def _receive(self) -> None:
        waiting = self._waiting
        while waiting and self._busy < self._pollers:
            if self._polling.window:
                self._gather(waiting.popleft())
            else:
                self._start([waiting.popleft() for _ in range(min(BATCH_SIZE, len(waiting)))])

    def _gather(self, message: Any) -> None:
        """Give a message to any of the pollers that wait: each fills a batch of its own within the window."""
        chosen = self._engine.random.randrange(max(self._pollers - self._busy, len(self._open)))
        if chosen < len(self._open):
            batch = self._open[chosen]
            batch.append(message)
            if len(batch) == BATCH_SIZE:
                self._close(batch)
        else:
            batch = [message]
            self._open.append(batch)
            self._engine.after(self._polling.window, self._close, batch)

    def _close(self, batch: list[Any]) -> None:
        """Start a gathered batch, unless it has been started because it was full."""
        for n, opened in enumerate(self._open):
            if opened is batch:
                del self._open[n]
                self._start(batch)
                return

    def _start(self, batch: list[Any]) -> None:
        self._busy += 1
        self.batches += 1
        self.messages += len(batch)
        self._invoke(batch, self._end)

    def _end(self) -> None:
        self._busy -= 1
        changed = int((self._engine.now - self._changed_at) * POLLERS_PER_SECOND)
        if changed:
            pollers = self._pollers + (changed if self._waiting else -changed)
            self._pollers = min(self._polling.most, max(self._fewest, self._busy, pollers))
            self._changed_at = self._engine.now
        self._receive()
