"""The tables of docs/scale.md, in Markdown: rates, ceilings of one owner, incidents."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sightline.pricing.batching.batches import Arrivals as Steady
from sightline.pricing.bill import price
from sightline.pricing.load import WAYS, Load
from sightline.pricing.load import Settings as Priced
from tests.simulation.chain import World
from tests.simulation.design import LAMBDA, Design, Quotas
from tests.simulation.rows import ROWS
from tests.simulation.scenarios import NONE, Arrivals, Incident, Result, ceiling, dusk, run

HOUR, DAY = 3600.0, 86_400.0
RATES = (1.0, 12.0, 120.0, 1200.0, 11_600.0)
DEFAULT = Design()
BUSY = Design(concurrency=50, shards=4)
GIANT = Design(concurrency=400, api_rate=10_000, shards=16)
"""The settings for 1,200 and for 11,600 images a second of one owner."""
DESIGNS: Mapping[str, Design] = {
    "the default settings": DEFAULT,
    "`concurrency=400`": Design(concurrency=400),
    "`concurrency=400`, `shards=4`": Design(concurrency=400, shards=4),
    "`concurrency=400`, `shards=16`": Design(concurrency=400, shards=16),
    "the same with owners first in S3's keys": Design(concurrency=400, shards=16, hashed_keys=False),
}


class Scenario(NamedTuple):
    """A name, the design, the images, and what goes wrong; `warm` if the services are used to the load."""

    name: str
    design: Design
    arrivals: Arrivals
    incident: Incident = NONE
    warm: bool = True

    def run(self) -> Result:
        """Run it."""
        rate = self.arrivals.rate if self.warm else 0.0
        return run(World(self.design, Quotas(), LAMBDA, ROWS, rate), self.arrivals, self.incident)


def by_rate() -> Iterator[Scenario]:
    """Yield the rates, of many owners and of one, by the default settings and by those that the rate needs."""
    for rate in RATES:
        for one_owner in (False, True):
            images = f"{rate:,.0f} of {'one owner' if one_owner else 'many'}"
            arrivals = Arrivals(rate, min(600.0, max(4.0, 20_000 / rate)), one_owner=one_owner)
            yield Scenario(images, DEFAULT, arrivals)
            if rate > 1000:
                yield Scenario(images, GIANT if rate > 10_000 else BUSY, arrivals)


def incidents() -> Iterator[Scenario]:
    """Yield bursts, a new deployment, and failures of what is outside of the app."""
    yield Scenario("trail cameras at dusk: 12 a second, 240 for ten seconds", DEFAULT, Arrivals(12, 600, factor=dusk))
    new = Scenario("a new deployment under 11,600 a second at once", GIANT, Arrivals(11_600, 4), warm=False)
    yield new._replace(name=f"{new.name}, of many", arrivals=new.arrivals)
    paid = Design(detector="rekognition")
    yield Scenario("Rekognition throttles all of 12 a second for an hour", paid, Arrivals(12, HOUR), HOUR_WITHOUT)
    yield Scenario("a subscriber is down for a day, 5,000 images", DEFAULT, Arrivals(5000 / DAY, DAY), DAY_WITHOUT)


HOUR_WITHOUT, DAY_WITHOUT = Incident(rekognition=(0.0, HOUR)), Incident(subscriber=(0.0, DAY))


def tables() -> dict[str, Iterator[str]]:
    """Return the lines of the tables by their names; a table is computed while it is read."""
    return {"rates": _rates(), "ceilings": _ceilings(), "incidents": _incidents()}


def _rates() -> Iterator[str]:
    yield "| images a second | settings | first limit | p50, p95, p99 in s | batch | a million | dead |"
    yield "|---|---|---|---|---|---|---|"
    for scenario in by_rate():
        yield rate_row(scenario, scenario.run())


def rate_row(scenario: Scenario, result: Result) -> str:
    """Return the row of a rate."""
    design = scenario.design
    settings = "the default" if design == DEFAULT else f"`concurrency={design.concurrency}`"
    settings += f", `shards={design.shards}`" if design.shards > 1 else ""
    priced = Priced(batching_seconds=design.window)
    load = Load(WAYS["`PutObject` by credentials of your own"], webhooks=1, arrivals=Steady(scenario.arrivals.rate))
    dollars = price(load._replace(settings=priced), result.batches)
    columns = (
        scenario.name,
        settings,
        _limit(result),
        _seconds(result),
        f"{result.batches.recognize:.1f}",
        f"${dollars:.2f}",
        f"{result.dead}",
    )
    return f"| {' | '.join(columns)} |"


def _ceilings() -> Iterator[str]:
    yield "| one owner, with | images a second | then |"
    yield "|---|---|---|"
    for name, design in DESIGNS.items():
        rate, limit = ceiling(World(design, Quotas(), LAMBDA, ROWS), one_owner=True)
        yield f"| {name} | {rate:,.0f} | {limit} |"


def _incidents() -> Iterator[str]:
    yield "| incident | images | first limit | p50, p95, p99 in s | dead letters |"
    yield "|---|---|---|---|---|"
    for scenario in incidents():
        result = scenario.run()
        yield f"| {scenario.name} | {result.images:,} | {_limit(result)} | {_seconds(result)} | {result.dead} |"


def _limit(result: Result) -> str:
    return result.first[1] if result.first else "none"


def _seconds(result: Result) -> str:
    return ", ".join(f"{seconds:,.1f}" for seconds in result.latencies)
