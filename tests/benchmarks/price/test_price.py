"""docs/costs.md agrees with the one table of prices; `python -m tests.benchmarks.price` prints its tables."""

import re

import pytest

from recognition.detectors.edge_function import MEGABYTES
from tests.benchmarks.price.__main__ import tables
from tests.benchmarks.price.idle import idle_prices
from tests.benchmarks.price.images import DETECTORS, WAYS, image_price, path_price, request_price
from tests.benchmarks.price.rows import rows_price
from tests.benchmarks.price.table import DATE, REGION
from tests.stacks import ROOT, resources

PAGE = (ROOT / "docs/costs.md").read_text()
STORED = {name: way for name, way in WAYS.items() if way.is_stored}


@pytest.mark.parametrize("name", tables())
def test_the_page_has_the_tables_as_they_are_computed(name: str) -> None:
    assert tables()[name] in PAGE


def test_the_page_names_the_month_and_the_region_of_the_prices() -> None:
    assert DATE in PAGE
    assert REGION in PAGE


def test_dollars_in_other_pages_are_those_of_the_table() -> None:
    operations = (ROOT / "docs/operations.md").read_text()
    alarms = sum(1 for _ in resources("AWS::CloudWatch::Alarm"))
    assert re.search(rf"\b{alarms} alarms cost \$0\.10 a month each", operations)


def test_a_month_at_rest_counts_every_alarm_secret_and_queue() -> None:
    prices = idle_prices()
    alarms = sum(1 for _ in resources("AWS::CloudWatch::Alarm"))
    assert prices[f"{alarms} alarms"] == pytest.approx(alarms * 0.10)
    assert sum(prices.values()) > prices[f"{alarms} alarms"]


def test_a_month_at_rest_costs_at_most_what_was_aimed_at() -> None:
    assert sum(idle_prices().values()) <= 3.7


@pytest.mark.parametrize("way", STORED.values(), ids=STORED)
def test_a_price_holds_the_request_the_way_and_the_detector(way: object) -> None:
    by_detector = [image_price(way, detector, 25) for detector in DETECTORS]  # type: ignore[arg-type]
    assert by_detector == sorted(by_detector)
    assert by_detector[2] > 1000


def test_more_labels_and_smaller_batches_cost_more() -> None:
    assert rows_price("rekognition", 1, 10) < rows_price("rekognition", 25, 10) < rows_price("rekognition", 100, 10)
    assert path_price(18, "edge", 1, 1) - path_price(18, "edge", 1, 10) > 3


def test_bytes_in_a_request_are_metered_by_api_gateway() -> None:
    ways = WAYS.items()
    in_body = [request_price(way) for name, way in ways if "bytes" in name]
    form = [request_price(way) for name, way in ways if "form" in name]
    assert in_body > form


def test_every_function_on_the_way_has_the_memory_that_is_reckoned_with() -> None:
    functions = {
        function["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: function["Properties"]
        for _, function in resources("AWS::Lambda::Function")
    }
    small = ("Authorize", "Upload", "Recognize", "Dispatch", "Classify")
    assert {functions[name]["MemorySize"] for name in small} == {512}
    assert functions["Edge"]["MemorySize"] == MEGABYTES
