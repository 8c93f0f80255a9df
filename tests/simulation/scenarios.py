"""Scenarios: how images arrive, runs of a chain, and what a run tells."""

import math
from bisect import bisect
from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

from sightline.pricing.batching.batches import Batches
from sightline.pricing.batching.engine import Engine
from tests.simulation.chain import Chain, Image, World

OWNERS, EXPONENT = 100_000, 1.1
"""Owners, and the exponent of the Zipf distribution of their images."""

_SECONDS = 4.0
"""The length of a run in the steady state; longer ones refuse the same."""


class Arrivals(NamedTuple):
    """`rate` images a second at the mean for so many `seconds`, of many owners or of one; by a route, or by PutObject.

    `factor` is by how much the load at a time exceeds the mean.
    """

    rate: float
    seconds: float
    one_owner: bool = False
    by_route: bool = False
    factor: Callable[[float], float] = lambda _: 1.0


class Result(NamedTuple):
    """What a run shows; `first` is when something was refused first, and by which limit.

    `latencies` are the 50th, 95th and 99th percentile of the seconds from an upload to its webhook.
    """

    images: int
    finished: int
    dead: int
    refused: dict[str, int]
    first: tuple[float, str] | None
    latencies: tuple[float, float, float]
    batches: Batches


class Incident(NamedTuple):
    """The seconds in which Rekognition throttles everything, and those in which the subscriber responds with errors."""

    rekognition: tuple[float, float] = (0.0, 0.0)
    subscriber: tuple[float, float] = (0.0, 0.0)


NONE = Incident()


def run(world: World, arrivals: Arrivals, incident: Incident = NONE, seed: int = 1) -> Result:
    """Run the chain until every image is finished, or is a dead letter."""
    engine = Engine(seed)
    chain = Chain(engine, world)
    chain.rekognition_down, chain.subscriber_down = incident
    source = _Source(engine, chain, arrivals)
    engine.after(arrivals.seconds, chain.check_backlog)
    engine.run()
    took = sorted(chain.latencies)
    return Result(
        images=source.images,
        finished=len(took),
        dead=chain.dead,
        refused=dict(chain.refusals.counts),
        first=chain.refusals.first,
        latencies=(_percentile(took, 0.5), _percentile(took, 0.95), _percentile(took, 0.99)),
        batches=Batches(*(queue.mean_batch for queue in chain.queues.values())),
    )


def ceiling(world: World, *, one_owner: bool, most: float = 40_000.0, steps: int = 6) -> tuple[float, str]:
    """Return the most images a second that nothing refuses, by bisection between powers of two, and what refuses more.

    Each run is in the steady state: every service is warm for its rate, and no burst is left.
    """
    low, high, limit = 0.0, 250.0, ""
    while high <= most and not (refused := _first_refused(world, high, one_owner=one_owner)):
        low, high = high, 2 * high
    for _ in range(steps):
        middle = (low + high) / 2
        refused = _first_refused(world, middle, one_owner=one_owner)
        low, high, limit = (low, middle, refused) if refused else (middle, high, limit)
    return low, limit


def _first_refused(world: World, rate: float, *, one_owner: bool) -> str:
    result = run(world._replace(rate=rate), Arrivals(rate, _SECONDS, one_owner=one_owner))
    return result.first[1] if result.first else ""


class _Source:
    """Lets images arrive, a Poisson process whose rate may change with time."""

    def __init__(self, engine: Engine, chain: Chain, arrivals: Arrivals) -> None:
        self._engine, self._arrivals, self._shards = engine, arrivals, chain.world.design.shards
        self._send = chain.request if arrivals.by_route else chain.put
        self._owner: Callable[[], str] = (lambda: "giant") if arrivals.one_owner else _owners(engine)
        self.images = 0
        self._later()

    def _later(self) -> None:
        engine, arrivals = self._engine, self._arrivals
        pause = engine.random.expovariate(arrivals.rate * arrivals.factor(engine.now))
        if engine.now + pause < arrivals.seconds:
            engine.after(pause, self._arrive)

    def _arrive(self) -> None:
        self.images += 1
        self._send(Image(self._engine.now, self._owner(), self.images, self._shards))
        self._later()


def _owners(engine: Engine) -> Callable[[], str]:
    """Return a source of owners, the n-th of whom sends 1/n^1.1 as many images as the first."""
    bounds = list(accumulate(1 / n**EXPONENT for n in range(1, OWNERS + 1)))
    return lambda: f"owner-{bisect(bounds, engine.random.random() * bounds[-1])}"


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.floor(share * len(ordered)))] if ordered else math.nan


def dusk(at: float) -> float:
    """Return the load of trail cameras beside its mean: from 300 s on ten seconds at 20 ×, then ten at 5 ×."""
    return {30: 20.0, 31: 5.0}.get(int(at / 10), 0.8)
