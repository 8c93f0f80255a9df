"""Every queue, every function and the API have alarms: the tests read the templates, so that none is forgotten."""

import json
import re
from typing import Any

import pytest

from infrastructure.monitoring.metrics import UNSERVED
from tests.api.test_http_api import ACCESS_LOGS
from tests.stacks import LOCAL, ROOT, resources
from tests.test_docs import anchors
from wire.aws.retry_policy import REQUEUES

ALL = {"alarms": "all"}
BOTH = pytest.mark.parametrize("settings", [{}, LOCAL], ids=["account", "local"])
EVERY = pytest.mark.parametrize("settings", [{}, LOCAL, ALL, LOCAL | ALL], ids=["few", "few local", "all", "all local"])
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


def behind_the_api(**settings: str) -> set[str]:
    """Return the functions that the API invokes: those behind its routes, and the authorizer."""
    permissions = [permission["Properties"] for _, permission in resources("AWS::Lambda::Permission", **settings)]
    invoked = {json.dumps(permission["FunctionName"]) for permission in permissions}
    names = [name for name, _ in resources("AWS::Lambda::Function", **settings)]
    return {name for name in names if any(f'"{name.split("/")[1]}"' in reference for reference in invoked)}


@pytest.mark.parametrize("settings", [ALL, LOCAL | ALL], ids=["account", "local"])
def test_every_function_is_watched_for_errors_duration_and_throttles(settings: dict[str, str]) -> None:
    measured = {"Errors", "Duration", "Throttles"}
    assert not unwatched("AWS::Lambda::Function", "AWS/Lambda", measured, settings)


def said_by(kind: Watched, settings: dict[str, str]) -> Watched:
    """Return the alarm of `few` that says what an alarm of `all` says."""
    ((api, _),) = resources("AWS::ApiGatewayV2::Api", **settings)
    namespace, _, target = kind
    return ("Sightline", UNSERVED, api) if target in behind_the_api(**settings) and namespace == "AWS/Lambda" else kind


@BOTH
def test_few_alarms_say_all_that_all_say(settings: dict[str, str]) -> None:
    """An alarm of `few` watches the same metric, with the same threshold; or that of requests which are not served."""
    few, everything = watched(**settings), watched(**settings, **ALL)
    told = {kind: said_by(kind, settings) for kind in everything}
    assert set(told.values()) == set(few)
    for kind, alarm in told.items():
        if alarm == kind:
            assert few[alarm] == everything[kind]
    shared = [kind for kind, alarm in told.items() if alarm != kind]
    assert len(shared) == 3 * len(behind_the_api(**settings)) > 0


def test_there_are_at_most_24_alarms_of_one_metric_each_unless_all_are_wanted() -> None:
    assert (len(alarms()), len(alarms(**ALL))) == (24, 56)


def unserved_pattern() -> str:
    ((_, metric_filter),) = resources("AWS::Logs::MetricFilter")
    return str(metric_filter["Properties"]["FilterPattern"])


def matches(pattern: str, line: dict[str, str]) -> bool:
    """Evaluate a pattern of the form `{ $.field = "text" || $.field = %expression% }` as CloudWatch does."""
    terms = re.findall(r'\$\.(\w+) = (?:"([^"]*)"|%([^%]*)%)', pattern)
    rest = re.sub(r'\$\.\w+ = (?:"[^"]*"|%[^%]*%)', "", pattern)
    assert set(rest.split()) == {"{", "||", "}"}, "the pattern has another form"
    return any(line[name] == text if text else re.search(regex, line[name]) for name, text, regex in terms)


SERVED = {"status": "200", "integrationLatency": "240", "authorizerLatency": "12"}


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        ("Errors", {"status": "500", "integrationLatency": "31"}),
        ("Errors of the authorizer", {"status": "500", "integrationLatency": "-", "authorizerLatency": "-"}),
        ("a timeout", {"status": "503", "integrationLatency": "30001"}),
        ("Throttles", {"status": "503", "integrationLatency": "9"}),
        ("Throttles, as some integrations answer them", {"status": "500", "integrationLatency": "9"}),
        ("Duration", {"integrationLatency": "24000"}),
        ("Duration", {"integrationLatency": "29999"}),
        ("Duration of the authorizer", {"authorizerLatency": "8000"}),
        ("Duration of the authorizer", {"authorizerLatency": "10012"}),
    ],
)
def test_every_failure_of_a_function_behind_a_route_counts_as_a_request_that_is_not_served(
    failure: str, line: dict[str, str]
) -> None:
    assert matches(unserved_pattern(), SERVED | line), failure


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"integrationLatency": "23999"},
        {"integrationLatency": "2400"},
        {"integrationLatency": "-", "authorizerLatency": "-"},
        {"authorizerLatency": "7999"},
        {"status": "429"},
        {"status": "404"},
        {"status": "502"},
        {"status": "504"},
    ],
)
def test_a_served_request_and_a_server_that_a_caller_named_do_not_count(line: dict[str, str]) -> None:
    assert not matches(unserved_pattern(), SERVED | line)


@BOTH
def test_the_pattern_knows_the_timeouts_of_the_functions_behind_the_api(settings: dict[str, str]) -> None:
    functions = dict(resources("AWS::Lambda::Function", **settings))
    timeouts = {
        name.split("/")[1][:-8]: functions[name]["Properties"]["Timeout"] for name in behind_the_api(**settings)
    }
    assert timeouts.pop("Authorize", 10) == 10
    assert set(timeouts.values()) == {30}


def test_the_pattern_reads_fields_of_the_access_log() -> None:
    ((_, metric_filter),) = resources("AWS::Logs::MetricFilter")
    ((_, stage),) = resources("AWS::ApiGatewayV2::Stage")
    logged = stage["Properties"]["AccessLogSettings"]["Format"]
    (transformation,) = metric_filter["Properties"]["MetricTransformations"]
    assert transformation["Dimensions"] == [{"Key": "ApiId", "Value": "$.apiId"}]
    assert {f'"{name}":' in logged for name in ("apiId", *re.findall(r"\$\.(\w+)", unserved_pattern()))} == {True}
    assert metric_filter["Properties"]["LogGroupName"] == {"Ref": ACCESS_LOGS}
    assert unserved_pattern().count("%") == 4, "CloudWatch accepts two regular expressions in a pattern"


@pytest.mark.parametrize("settings", [ALL, LOCAL | ALL], ids=["account", "local"])
def test_a_function_is_near_its_timeout_at_four_fifths_of_its_own(settings: dict[str, str]) -> None:
    found = watched(**settings)
    for name, function in resources("AWS::Lambda::Function", **settings):
        alarm = found["AWS/Lambda", "Duration", name]
        assert alarm["Threshold"] == 800 * function["Properties"]["Timeout"]
        assert alarm["Statistic"] == "Maximum"


@EVERY
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


@EVERY
def test_the_api_is_watched_for_errors_and_latency(settings: dict[str, str]) -> None:
    assert not unwatched("AWS::ApiGatewayV2::Api", "AWS/ApiGateway", {"5xx", "Latency"}, settings)


@EVERY
def test_every_alarm_notifies_the_topic_when_it_goes_off_and_when_it_is_over(settings: dict[str, str]) -> None:
    ((topic, _),) = [item for item in resources("AWS::SNS::Topic", **settings) if "/Alarms" in item[0]]
    for name, alarm in alarms(**settings).items():
        assert alarm["AlarmActions"] == alarm["OKActions"]
        (action,) = alarm["AlarmActions"]
        assert topic.split("/")[1] in json.dumps(action), name
        assert alarm.get("ActionsEnabled", True)
        assert alarm["TreatMissingData"] == "notBreaching"


@EVERY
def test_every_alarm_is_of_one_metric_without_math(settings: dict[str, str]) -> None:
    assert not [name for name, alarm in alarms(**settings).items() if "Metrics" in alarm]


@EVERY
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
    own = {name: alarm for (namespace, name, _), alarm in watched().items() if namespace == "Sightline"}
    printed = {name: alarm for name, alarm in own.items() if name != UNSERVED}
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
