"""The topic that notifies the operator of alarms and of the budget."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

_PUBLISHERS = ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")


def alarm_topic(scope: Construct, email: str, *, enforce_ssl: bool) -> sns.Topic:
    """Define the topic. With an address it has a subscriber, who has to confirm the subscription once.

    The policy names the services that may publish: a topic with a policy of its own loses the default one, which admits
    CloudWatch.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """
    topic = sns.Topic(scope, "Alarms", enforce_ssl=enforce_ssl)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal(service) for service in _PUBLISHERS],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
        )
    )
    if email:
        topic.add_subscription(subscriptions.EmailSubscription(email))
    return topic
