"""The chain at scale, simulated: one owner at 11,600 images a second, limits by name, incidents, docs/scale.md."""

from functools import cache

import pytest

from tests.simulation.chain import World
from tests.simulation.design import EMULATOR, LAMBDA, Design, Quotas
from tests.simulation.rows import ROWS, counted
from tests.simulation.scenarios import Arrivals, Incident, Result, run
from tests.simulation.tables import DEFAULT, GIANT, RATES, Scenario, by_rate, rate_row
from tests.stacks import ROOT

PAGE = (ROOT / "docs/scale.md").read_text()
GOAL = 11_600.0
MEASURED_ALONE, MEASURED_LOADED = 0.1131, 0.0324
"""Seconds of processor time of an image on the emulator, measured in the run that gave EMULATOR; see docs/scale.md."""


def result(
    design: Design, rate: float, incident: Incident | None = None, *, one_owner: bool = False, by_route: bool = False
) -> Result:
    seconds = max(3.0, min(300.0, 6000 / rate))
    world = World(design, Quotas(), LAMBDA, ROWS, rate)
    return run(world, Arrivals(rate, seconds, one_owner=one_owner, by_route=by_route), incident or Incident())


@cache
def at_the_goal() -> tuple[Scenario, Result]:
    scenario = next(known for known in by_rate() if known.design == GIANT and known.arrivals.one_owner)
    return scenario, scenario.run()


def test_the_rows_are_those_of_the_row_code() -> None:
    from tests.benchmarks.price.meter import measure

    steps = measure("edge", 1, 1)
    assert counted(steps["recognize"], steps["deliver"]) == ROWS


def test_shards_spread_the_rows_of_one_owner_and_of_one_webhook() -> None:
    from tests.benchmarks.price.meter import measure

    few, many = (measure("edge", 1, 10, shards) for shards in (1, 16))
    tables = {"recognitions": "recognize", "index": "recognize", "deliveries/by_webhook": "deliver"}
    for table, function in tables.items():
        before, after = (set(steps[function].partitions[table]) for steps in (few, many))
        assert len(after) > 3 * len(before), table
    assert len(few["recognize"].partitions["usage"]) == len(many["recognize"].partitions["usage"]) == 1


def test_one_owner_may_send_eleven_thousand_six_hundred_images_a_second() -> None:
    scenario, found = at_the_goal()
    assert scenario.arrivals.rate == RATES[-1] == GOAL
    assert found.first is None
    assert found.finished == found.images > 40_000


@pytest.mark.parametrize(
    ("design", "rate", "limit"),
    [
        (DEFAULT, 1200, "Settings: concurrency (uploads)"),
        (GIANT._replace(shards=1), 2400, "recognitions: a key's writes"),
        (GIANT._replace(hashed_keys=False), 4000, "S3: a prefix's puts"),
    ],
)
def test_what_is_too_much_is_refused_by_the_limit_that_it_meets(design: Design, rate: float, limit: str) -> None:
    found = result(design, rate, one_owner=True)
    assert limit in found.refused
    assert found.finished + found.dead == found.images


def test_the_stage_refuses_requests_beyond_its_throttle() -> None:
    found = result(DEFAULT._replace(concurrency=100), 600, by_route=True)
    assert found.first
    assert found.first[1] == "API: the stage's throttle"


def test_a_new_deployment_meets_the_limits_that_grow_with_its_load() -> None:
    world = World(GIANT, Quotas(), LAMBDA, ROWS)
    found = run(world, Arrivals(6000, 2.0))
    assert {"S3: a prefix's puts", "index: the table"} <= found.refused.keys()
    assert found.finished == found.images


@pytest.mark.parametrize("rate", [1.0, 12.0, 120.0])
def test_the_default_settings_refuse_nothing_at_small_rates(rate: float) -> None:
    found = result(DEFAULT, rate)
    assert found.first is None
    assert found.finished == found.images


def test_no_image_is_lost_while_rekognition_throttles_everything() -> None:
    outage = 600.0
    paid = Design(detector="rekognition")
    found = result(paid, 4, Incident(rekognition=(0.0, outage)))
    assert found.dead == 0
    assert found.finished == found.images
    assert outage / 2 < found.latencies[0] < 3 * outage


def test_no_delivery_is_lost_while_a_subscriber_is_down_for_a_day() -> None:
    day = 86_400.0
    found = run(World(DEFAULT, Quotas(), LAMBDA, ROWS), Arrivals(300 / day, day), Incident(subscriber=(0.0, day)))
    assert found.dead == 0
    assert found.finished == found.images


def test_the_emulators_profile_gives_most_of_what_whole_images_take_there() -> None:
    world = World(Design(window=0), Quotas(), EMULATOR, ROWS)
    alone = run(world, Arrivals(0.5, 200)).latencies[0]
    loaded = run(world, Arrivals(10_000, 0.06))
    a_second = loaded.finished / loaded.latencies[2]
    assert 0.7 < alone / MEASURED_ALONE < 1.0
    assert 0.7 < EMULATOR.cores / a_second / MEASURED_LOADED < 1.0  # type: ignore[operator]


def test_a_seed_gives_the_same_run() -> None:
    world = World(DEFAULT, Quotas(), LAMBDA, ROWS)
    first, again, other = (run(world, Arrivals(12, 60), seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_page_has_the_row_of_the_goal_and_the_commands() -> None:
    assert rate_row(*at_the_goal()) in PAGE
    assert "make simulate" in PAGE
