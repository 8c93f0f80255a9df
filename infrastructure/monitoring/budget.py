"""The account's monthly budget: AWS notifies the alarm topic before and when it is spent."""

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

_WARNINGS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))
"""Notification types and thresholds in percent: of the cost so far, or of the cost forecast for the month."""


def budget(scope: Construct, dollars: float, topic: sns.Topic) -> budgets.CfnBudget:
    """Define the budget of the whole account: the cost of one deployment needs tags that are activated for billing."""
    monthly = budgets.CfnBudget(
        scope,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=dollars, unit="USD"),
        ),
        notifications_with_subscribers=[_warning(kind, share, topic) for kind, share in _WARNINGS],
    )
    monthly.node.add_dependency(topic.node.find_child("Policy"))
    return monthly


def _warning(kind: str, share: int, topic: sns.Topic) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            notification_type=kind, comparison_operator="GREATER_THAN", threshold=share, threshold_type="PERCENTAGE"
        ),
        subscribers=[budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)],
    )
