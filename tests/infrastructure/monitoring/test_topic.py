"""The subscribers of the alarm topic, the warnings of the budget, and the retention of logs."""

import json
from typing import Any

import pytest

from tests.stacks import LOCAL, resources

BOTH = pytest.mark.parametrize("settings", [{}, LOCAL], ids=["account", "local"])


def of_topic(kind: str, **settings: str) -> list[dict[str, Any]]:
    """Return the resources of this type that refer to the alarm topic."""
    found = [item["Properties"] for _, item in resources(kind, **settings)]
    return [item for item in found if '"Alarms' in json.dumps(item)]


def test_the_topic_has_a_subscriber_only_with_an_address() -> None:
    assert of_topic("AWS::SNS::Subscription") == []
    (subscription,) = of_topic("AWS::SNS::Subscription", alarm_email="ops@example.com")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")


@BOTH
def test_cloudwatch_and_budgets_of_this_account_may_publish_to_the_topic(settings: dict[str, str]) -> None:
    (policy,) = of_topic("AWS::SNS::TopicPolicy", **settings)
    (allowed,) = [item for item in policy["PolicyDocument"]["Statement"] if item["Effect"] == "Allow"]
    assert set(allowed["Principal"]["Service"]) == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    assert allowed["Action"] == "sns:Publish"
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_there_is_a_budget_where_one_is_set() -> None:
    assert not list(resources("AWS::Budgets::Budget"))
    ((_, budget),) = resources("AWS::Budgets::Budget", monthly_budget="50")
    properties = budget["Properties"]
    assert properties["Budget"]["BudgetLimit"] == {"Amount": 50, "Unit": "USD"}
    assert (properties["Budget"]["TimeUnit"], properties["Budget"]["BudgetType"]) == ("MONTHLY", "COST")
    warned = [item["Notification"] for item in properties["NotificationsWithSubscribers"]]
    assert [(item["NotificationType"], item["Threshold"]) for item in warned] == [
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    subscription = [item["Subscribers"] for item in properties["NotificationsWithSubscribers"]]
    assert all(
        item[0]["SubscriptionType"] == "SNS" and "Alarms" in json.dumps(item[0]["Address"]) for item in subscription
    )
    assert any("AlarmsPolicy" in item for item in budget["DependsOn"])


@BOTH
def test_every_log_is_kept_for_a_month(settings: dict[str, str]) -> None:
    groups = [item["Properties"] for _, item in resources("AWS::Logs::LogGroup", **settings)]
    functions = list(resources("AWS::Lambda::Function", **settings))
    assert len(groups) == len(functions) + 1  # and the API's access log
    assert {item["RetentionInDays"] for item in groups} == {30}
