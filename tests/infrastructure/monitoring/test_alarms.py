"""Every queue, every function and the API have alarms: the tests read the templates, so that none is forgotten."""

import json
import re
from typing import Any

import pytest

from tests.stacks import LOCAL, ROOT, resources
from tests.test_docs import anchors
from wire.aws.retry_policy import REQUEUES

BOTH = pytest.mark.parametrize("settings", [{}, LOCAL], ids=["account", "local"])
PAGE = (ROOT / "docs/operations.md").read_text()
Watched = tuple[str, str, str]


def alarms(**settings: str) -> dict[str, dict[str, Any]]:
    return {name: item["Properties"] for name, item in resources("AWS::CloudWatch::Alarm", **settings)}


def watched(**settings: str) -> dict[Watched, dict[str, Any]]:
    """Return the alarms by namespace, metric and watched resource."""
    found = {}
    for name, alarm in alarms(**settings).items():
        dimensions = {item["Name"]: item["Value"] for item in alarm["Dimensions"]}
        dimension = next(dimensions[key] for key in ("FunctionName", "QueueName", "ApiId") if key in dimensions)
        target = dimension.get("Ref") or dimension["Fn::GetAtt"][0]
        found[alarm["Namespace"], alarm["MetricName"], f"{name.split('/')[0]}/{target}"] = alarm
    assert len(found) == len(alarms(**settings))
    return found


def unwatched(kind: str, namespace: str, metrics: set[str], settings: dict[str, str]) -> list[Watched]:
    found = watched(**settings)
    wanted = [(namespace, metric, name) for name, _ in resources(kind, **settings) for metric in metrics]
    assert wanted
    return [item for item in wanted if item not in found]


@BOTH
def test_every_function_is_watched_for_errors_duration_and_throttles(settings: dict[str, str]) -> None:
    measured = {"Errors", "Duration", "Throttles"}
    assert not unwatched("AWS::Lambda::Function", "AWS/Lambda", measured, settings)


@BOTH
def test_a_function_is_near_its_timeout_at_four_fifths_of_its_own(settings: dict[str, str]) -> None:
    found = watched(**settings)
    for name, function in resources("AWS::Lambda::Function", **settings):
        alarm = found["AWS/Lambda", "Duration", name]
        assert alarm["Threshold"] == 800 * function["Properties"]["Timeout"]
        assert alarm["Statistic"] == "Maximum"


@BOTH
def test_every_queue_is_watched_for_its_age_and_all_dead_letters_for_their_number(settings: dict[str, str]) -> None:
    found = watched(**settings)
    for name, queue in resources("AWS::SQS::Queue", **settings):
        live = "RedrivePolicy" in queue["Properties"]
        metric = "ApproximateAgeOfOldestMessage" if live else "ApproximateNumberOfMessagesVisible"
        assert found["AWS/SQS", metric, name]["Threshold"] > 0


def test_only_deliveries_may_have_dead_letters_without_an_alarm() -> None:
    depths = {name: alarm["Threshold"] for name, alarm in alarms().items() if "DepthAlarm" in name}
    deliveries = [name for name in depths if "DeliveriesDead" in name]
    assert {name: depth for name, depth in depths.items() if depth != 1} == dict.fromkeys(deliveries, 101)
    assert len(depths) > len(deliveries) > 0


@BOTH
def test_the_api_is_watched_for_errors_and_latency(settings: dict[str, str]) -> None:
    assert not unwatched("AWS::ApiGatewayV2::Api", "AWS/ApiGateway", {"5xx", "Latency"}, settings)


@BOTH
def test_every_alarm_notifies_the_topic_when_it_goes_off_and_when_it_is_over(settings: dict[str, str]) -> None:
    ((topic, _),) = [item for item in resources("AWS::SNS::Topic", **settings) if "/Alarms" in item[0]]
    for name, alarm in alarms(**settings).items():
        assert alarm["AlarmActions"] == alarm["OKActions"]
        (action,) = alarm["AlarmActions"]
        assert topic.split("/")[1] in json.dumps(action), name
        assert alarm.get("ActionsEnabled", True)
        assert alarm["TreatMissingData"] == "notBreaching"


@BOTH
def test_every_alarm_is_of_one_metric_without_math(settings: dict[str, str]) -> None:
    assert not [name for name, alarm in alarms(**settings).items() if "Metrics" in alarm]


@BOTH
def test_every_alarm_names_its_section_of_the_page(settings: dict[str, str]) -> None:
    named = {alarm["AlarmDescription"].partition("docs/operations.md#")[2] for alarm in alarms(**settings).values()}
    assert "" not in named
    assert named <= anchors(PAGE)


def test_the_page_names_every_function_and_queue() -> None:
    kinds = ("AWS::Lambda::Function", "AWS::SQS::Queue")
    made = [name.split("/")[1] for kind in kinds for name, _ in resources(kind)]
    ids = {re.sub(r"[0-9A-F]{8}$", "", name) for name in made}
    assert {"Recognize", "Authorize", "UploadsQueue", "DeliveriesDead"} <= ids
    assert not {item for item in ids if f"`{item}`" not in PAGE}


def test_every_watched_metric_is_printed_by_its_function() -> None:
    printed = {name: alarm for (namespace, name, _), alarm in watched().items() if namespace == "Sightline"}
    assert set(printed) == {"RekognitionCalls", "DeliveriesFailed", "Throttled"}
    functions = dict(resources("AWS::Lambda::Function"))
    for alarm in printed.values():
        dimensions = {item["Name"]: item["Value"] for item in alarm["Dimensions"]}
        (function,) = [
            item for name, item in functions.items() if name.endswith(f"/{dimensions['FunctionName']['Ref']}")
        ]
        assert dimensions["service"] == function["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        assert set(dimensions) == {"FunctionName", "service"}


def test_half_of_all_attempts_failing_is_an_average() -> None:
    (alarm,) = [item for name, item in alarms().items() if "DeliveriesFailing" in name]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["EvaluationPeriods"]) == ("Average", 0.5, 3)


def test_requeued_images_are_watched_for_longer_than_one_of_them_waits() -> None:
    (alarm,) = [item for item in alarms().values() if item["MetricName"] == "Throttled"]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["EvaluationPeriods"]) == ("Sum", 1, 2)
    assert alarm["Period"] >= 2 * max(REQUEUES.backoff(n, chance=lambda: 1.0) for n in range(1, REQUEUES.tries))
    assert "Throttled" not in {item["MetricName"] for item in alarms(**LOCAL).values()}


def test_spending_is_watched_in_dollars_a_day_where_rekognition_can_be_called() -> None:
    def threshold(**settings: str) -> list[float]:
        return [item["Threshold"] for name, item in alarms(**settings).items() if "SpendingAlarm" in name]

    assert threshold() == [10_000]
    assert threshold(alarm_spend="2.5") == [2500]
    assert threshold(alarm_spend="0") == []
    assert threshold(**LOCAL) == []
