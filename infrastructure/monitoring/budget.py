"""The account's monthly budget: AWS tells the alarm topic before and when it is spent."""

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

_WARNINGS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))
"""At which share of the budget, in per cent, and of what has been spent or is expected to be by the month's end."""


def budget(scope: Construct, dollars: float, topic: sns.Topic) -> budgets.CfnBudget:
    """Of the whole account: a deployment's own share is known only where its tags are activated for billing."""
    made = budgets.CfnBudget(
        scope,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=dollars, unit="USD"),
        ),
        notifications_with_subscribers=[_warning(kind, share, topic) for kind, share in _WARNINGS],
    )
    made.node.add_dependency(topic.node.find_child("Policy"))
    return made


def _warning(kind: str, share: int, topic: sns.Topic) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            notification_type=kind, comparison_operator="GREATER_THAN", threshold=share, threshold_type="PERCENTAGE"
        ),
        subscribers=[budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)],
    )
