"""The README and docs/costs.md agree with the one table of prices, and it with the code and the templates."""

import argparse
import re
import shlex

import pytest

from recognition.detectors.edge_function import MEGABYTES
from settings import Settings as Deployment
from sightline.pricing import assumptions
from sightline.pricing.batching.batches import Arrivals
from sightline.pricing.bill import bill, price
from sightline.pricing.load import WAYS, Load, Settings
from sightline.pricing.month import AtRest, month
from sightline.pricing.prices import DATE, REGION, dollars, rekognition_dollars
from sightline.pricing.quote import SCENARIOS, add_arguments, dollar_text, quote, usage_of
from sightline.pricing.units import Units, message_units
from tests.benchmarks.price.apart import units_apart
from tests.benchmarks.price.idle import at_rest, dashboard_price, metrics_price
from tests.benchmarks.price.tables import PUT, tables
from tests.benchmarks.price.units import DETECTORS, LABELS, edge_line
from tests.stacks import ROOT, resources

PAGE = (ROOT / "docs/costs.md").read_text()
README = (ROOT / "README.md").read_text()
COMMAND = re.compile(r"python -m tests\.benchmarks\.price ((?!--help)[^`\n]+)")
DOLLARS = re.compile(r"\$[\d,]+\.\d\d")
LOGGED_MORE_OR_LESS = 20
"""Bytes of a log that milliseconds and addresses change."""


def parsed(arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(shlex.split(arguments))


def total(command: str) -> str:
    return dollar_text(sum(month(usage_of(parsed(command))).values()))


@pytest.fixture(scope="module")
def computed() -> dict[str, str]:
    return tables()


def test_the_page_has_the_tables_as_they_are_computed(computed: dict[str, str]) -> None:
    assert [name for name, table in computed.items() if table not in PAGE] == []


def test_every_dollar_of_the_page_and_the_readme_is_one_that_is_computed(computed: dict[str, str]) -> None:
    known = set(DOLLARS.findall("\n".join(computed.values()))) | {total(command) for command in COMMAND.findall(PAGE)}
    known |= {dollar_text(dollars("alarm", sum(1 for _ in resources("AWS::CloudWatch::Alarm", alarms="all"))))}
    quoted = set(DOLLARS.findall(PAGE + README))
    assert quoted - known == set()


def test_the_page_names_the_month_and_the_region_of_the_prices() -> None:
    assert DATE in PAGE
    assert REGION in PAGE


def test_the_page_has_the_command_of_every_example_and_what_it_prints() -> None:
    commands = COMMAND.findall(PAGE)
    assert {command.split()[0] for command in commands} >= SCENARIOS.keys()
    for command in commands:
        assert total(command) in PAGE


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("detector", DETECTORS)
def test_the_units_are_those_of_the_functions(detector: str, labels: int) -> None:
    for function, counted in units_apart(detector, labels, 1).items():
        assert_same(message_units(function, detector, labels, 1), counted)


def test_a_batch_shares_what_it_pays_for_once() -> None:
    for function, counted in units_apart("edge", 1, 10).items():
        assert_same(message_units(function, "edge", 1, 10).times(10), counted, lines=10)


def assert_same(units: Units, counted: Units, lines: int = 1) -> None:
    assert units._replace(logged=0) == pytest.approx(counted._replace(logged=0), abs=0.1)
    assert units.logged == pytest.approx(counted.logged, abs=lines * LOGGED_MORE_OR_LESS)


def test_between_the_counted_numbers_of_labels_the_units_are_between_theirs() -> None:
    ten, twenty, many = (message_units("recognize", "rekognition", labels, 10).writes for labels in (10, 20, 25))
    assert ten < twenty < many
    assert message_units("recognize", "edge", 500, 10) == message_units("recognize", "edge", 100, 10)


def test_the_edge_functions_line_is_as_long_as_it_is_reckoned() -> None:
    assert edge_line() == pytest.approx(assumptions.EDGE_LOG, abs=20)


def test_a_month_at_rest_counts_every_alarm_secret_and_queue_of_the_templates() -> None:
    assert at_rest() == AtRest()
    assert sum(AtRest().lines().values()) <= 3.7
    assert dashboard_price() == 3
    assert metrics_price() > 0


def test_the_settings_of_a_quote_are_those_of_a_deployment() -> None:
    declared = Deployment.__dataclass_fields__
    assert {name: declared[name].default for name in Settings._fields} == Settings()._asdict()


@pytest.mark.parametrize("way", [way for way in WAYS.values() if way.is_stored])
def test_a_price_holds_the_request_the_way_and_the_detector(way: object) -> None:
    by_detector = [price(Load(way, detector, 25)) for detector in ("edge", "cascade", "rekognition")]  # type: ignore[arg-type]
    assert by_detector == sorted(by_detector)
    assert by_detector[2] > 1000


def test_more_labels_webhooks_and_lines_and_smaller_batches_cost_more() -> None:
    load = Load(PUT)
    more = [
        load._replace(labels=25),
        load._replace(webhooks=1),
        load._replace(arrivals=Arrivals(0.1)),
        load._replace(settings=Settings(log_level="debug")),
        load._replace(settings=Settings(tracing="active")),
        load._replace(settings=Settings(batching_seconds=0)),
    ]
    assert all(price(dearer) > price(load) for dearer in more)
    assert price(load._replace(settings=Settings(log_level="warning"))) < price(load)


def test_a_second_webhook_costs_as_much_as_the_first() -> None:
    none, one, two = (price(Load(PUT, webhooks=webhooks)) for webhooks in (0, 1, 2))
    assert two - one == pytest.approx(one - none, rel=0.25)


def test_classify_stores_and_publishes_nothing() -> None:
    services = {line.price for line in bill(Load(WAYS["`POST /classify`"])) if line.units}
    assert not services & {"S3 writes", "SNS", "SQS", "DynamoDB writes", "Rekognition"}


def test_bytes_in_a_request_are_metered_by_api_gateway() -> None:
    in_body, by_form = (
        next(line.units for line in bill(Load(WAYS[way])) if line.price == "API Gateway")
        for way in ("`POST /images`, the bytes", "`POST /uploads`, the form")
    )
    assert (in_body, by_form) == (2, 1)


def test_a_months_images_of_rekognition_are_billed_by_tiers() -> None:
    assert rekognition_dollars(500_000) == 500
    assert rekognition_dollars(6_000_000) == 1000 + 4 * 800 + 600
    assert month(SCENARIOS["moderation-desk"])["Rekognition"] < 31_104


def test_a_months_parts_are_its_total() -> None:
    usage = SCENARIOS["farm"]
    assert dollar_text(sum(month(usage).values())) in list(quote(usage))[-1]


def test_flags_change_an_example() -> None:
    usage = usage_of(parsed("farm --labels 10 --way bytes --batching-seconds 0"))
    assert usage == SCENARIOS["farm"]._replace(
        labels=10, way=WAYS["`POST /images`, the bytes"], settings=Settings(batching_seconds=0)
    )


def test_dollars_in_other_pages_are_those_of_the_table() -> None:
    settings = (ROOT / "docs/settings.md").read_text()
    assert f"for ${0.1 * AtRest().alarms:.2f} a month" in settings


def test_every_function_on_the_way_has_the_memory_that_is_reckoned_with() -> None:
    functions = {
        function["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: function["Properties"]
        for _, function in resources("AWS::Lambda::Function")
    }
    small = ("Authorize", "Upload", "Recognize", "Dispatch", "Deliver", "Classify")
    assert {functions[name]["MemorySize"] for name in small} == {assumptions.SMALL_GB * 1024}
    assert functions["Edge"]["MemorySize"] == MEGABYTES == assumptions.EDGE_GB * 1024
