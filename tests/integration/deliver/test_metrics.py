"""The share of attempts that fail: what counts as one, and the line it is told in."""

import json
from typing import Any

import pytest

from integration.deliver.runtime.metrics import tell
from integration.deliver.runtime.outcome import PutOff
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.response import BROKEN, HUNG, MALFORMED, UNSUBSCRIBED, Answer

NOW = 1_795_000_000.25


def attempt(answer: Answer) -> Attempt:
    return Attempt(1, NOW, 12, answer)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_attempt_that_has_to_be_repeated_is_one_that_failed(printed: Any) -> None:
    tell([attempt(each) for each in (Answer(200), Answer(500), HUNG, BROKEN)], NOW)
    assert [line["DeliveriesFailed"] for line in printed()] == [[0, 1, 1, 1]]


def test_a_subscriber_that_wants_no_more_has_not_failed(printed: Any) -> None:
    tell([attempt(Answer(410))], NOW)
    assert [line["DeliveriesFailed"] for line in printed()] == [[0]]


def test_a_batch_without_an_attempt_says_nothing(printed: Any) -> None:
    tell([PutOff(3.0), UNSUBSCRIBED, MALFORMED], NOW)
    assert printed() == []


def test_the_line_is_one_that_cloudwatch_makes_a_metric_of(printed: Any) -> None:
    tell([attempt(Answer(204))], NOW)
    (line,) = printed()
    assert line["_aws"]["Timestamp"] == 1_795_000_000_250
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive == {
        "Namespace": "Sightline",
        "Dimensions": [["FunctionName", "service"]],
        "Metrics": [{"Name": "DeliveriesFailed", "Unit": "Count"}],
    }
    assert set(line) == {"_aws", "DeliveriesFailed", *directive["Dimensions"][0]}
