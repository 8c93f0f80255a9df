"""How full the batches of the three queues are, found by a small simulation of their event sources."""

from functools import cache
from typing import Any, NamedTuple

from sightline.pricing.batching.engine import Engine
from sightline.pricing.batching.pollers import End, EventSource, Polling

IMAGES = 3000
"""Images of a simulated run: the mean batch then varies by a few hundredths between seeds."""

HOP_SECONDS = 0.02
"""The time that a message takes from SNS or SQS to a poller, each a half more or less."""
_DISPATCH_SECONDS, _DELIVER_SECONDS = 0.02, 0.08


class Batches(NamedTuple):
    """The mean number of messages in a batch of each function."""

    recognize: float
    dispatch: float
    deliver: float


class Arrivals(NamedTuple):
    """Images a second, and how many come at once: the pictures of one capture."""

    rate: float
    together: int = 1


class Times(NamedTuple):
    """Seconds that a function takes for a batch, and for each of its messages."""

    batch: float
    message: float = 0.0


class _Step(NamedTuple):
    """A function between two queues: its times, the queue behind it, and its messages there for each of its own."""

    engine: Engine
    times: Times
    following: EventSource | None = None
    copies: int = 1

    def invoke(self, batch: list[Any], end: End) -> None:
        """Handle a batch."""
        self.engine.after(self.times.batch + len(batch) * self.times.message, self._return, batch, end)

    def _return(self, batch: list[Any], end: End) -> None:
        if self.following:
            for message in batch * self.copies:
                _send(self.engine, 0.0, self.following, message)
        end()


@cache
def mean_batches(
    arrivals: Arrivals, window: float, recognize: Times, webhooks: int = 1, concurrency: int = 10
) -> Batches:
    """Return the mean batches where images arrive as a Poisson process; `window` is in seconds, 0 for none.

    `concurrency` is the setting of the deployment.
    """
    engine = Engine(seed=1)
    polling = Polling(concurrency, window)
    deliver = _Step(engine, Times(_DELIVER_SECONDS))
    deliveries = EventSource(engine, deliver.invoke, Polling(2 * concurrency, window))
    dispatch = _Step(engine, Times(_DISPATCH_SECONDS), deliveries, webhooks)
    events = EventSource(engine, dispatch.invoke, polling)
    uploads = EventSource(engine, _Step(engine, recognize, events).invoke, polling)
    at = 0.0
    for number in range(max(1, IMAGES // arrivals.together)):
        at += engine.random.expovariate(arrivals.rate / arrivals.together)
        for _ in range(arrivals.together):
            _send(engine, at, uploads, number)
    engine.run()
    return Batches(uploads.mean_batch, events.mean_batch, deliveries.mean_batch)


def _send(engine: Engine, at: float, queue: EventSource, message: Any) -> None:
    engine.after(at + HOP_SECONDS * engine.random.uniform(0.5, 1.5), queue.send, message)
