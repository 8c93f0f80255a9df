"""The metrics that functions print into their logs, in CloudWatch's embedded metric format."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

NAMESPACE = "Sightline"
FIVE_MINUTES = cdk.Duration.minutes(5)


def printed(
    function: lambda_.Function, name: str, statistic: str = "Sum", period: cdk.Duration = FIVE_MINUTES
) -> cloudwatch.Metric:
    """A metric by the function that prints it: its dimensions are what the function's environment says of it."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"FunctionName": function.function_name, "service": function.node.id},
        statistic=statistic,
        period=period,
    )
