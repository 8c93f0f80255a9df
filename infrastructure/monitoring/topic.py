"""The topic that tells whoever runs the deployment of alarms and of the budget."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

_TELLERS = ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")


def alarm_topic(scope: Construct, email: str, *, enforce_ssl: bool) -> sns.Topic:
    """Without an address it has no subscriber; with one, whoever reads there has to confirm it once.

    Whoever tells it anything is admitted by name: a topic with a policy of its own no longer has the default one,
    which lets CloudWatch in.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """
    topic = sns.Topic(scope, "Alarms", enforce_ssl=enforce_ssl)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal(service) for service in _TELLERS],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
        )
    )
    if email:
        topic.add_subscription(subscriptions.EmailSubscription(email))
    return topic
