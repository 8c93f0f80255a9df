"""The metric of failed attempts: which attempts count as failed, and the line that is printed."""

import json
from typing import Any

import pytest

from domain.event import Event
from integration.deliver.runtime.telemetry import print_failures
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.response import BROKEN, HUNG, SubscriberResponse
from tests.builders import image, recognition
from tests.integration.conftest import subscription

NOW = 1_795_000_000.25


DELIVERY = Delivery.of(Event.recognized(image(), recognition(), "2026-11-20T17:00:01.000Z"), subscription(), 1)


def attempts(*responses: SubscriberResponse) -> list[tuple[Delivery, Attempt]]:
    return [(DELIVERY, Attempt(1, NOW, 12, response)) for response in responses]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_attempt_that_must_be_repeated_has_failed(printed: Any) -> None:
    print_failures(attempts(SubscriberResponse(200), SubscriberResponse(500), HUNG, BROKEN), NOW)
    assert [line["DeliveriesFailed"] for line in printed()] == [[0, 1, 1, 1]]


def test_an_attempt_at_a_subscriber_that_is_gone_has_not_failed(printed: Any) -> None:
    print_failures(attempts(SubscriberResponse(410)), NOW)
    assert [line["DeliveriesFailed"] for line in printed()] == [[0]]


def test_a_batch_without_an_attempt_prints_nothing(printed: Any) -> None:
    print_failures([], NOW)
    assert printed() == []


def test_the_line_is_in_the_embedded_metric_format(printed: Any) -> None:
    print_failures(attempts(SubscriberResponse(204)), NOW)
    (line,) = printed()
    assert line["_aws"]["Timestamp"] == 1_795_000_000_250
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive == {
        "Namespace": "Sightline",
        "Dimensions": [["FunctionName", "service"]],
        "Metrics": [{"Name": "DeliveriesFailed", "Unit": "Count"}],
    }
    assert set(line) == {"_aws", "DeliveriesFailed", *directive["Dimensions"][0]}
