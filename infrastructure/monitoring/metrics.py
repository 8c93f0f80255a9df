"""CloudWatch's metrics of what functions print into their logs; domain.metrics declares them."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from domain.metrics import NAMESPACE, declared

FIVE_MINUTES = cdk.Duration.minutes(5)


def printed(
    function: lambda_.Function, name: str, statistic: str = "Sum", period: cdk.Duration = FIVE_MINUTES
) -> cloudwatch.Metric:
    """Return a metric of the function that prints it; raises KeyError for a metric that is not declared for it."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=declared(name, function.node.id).name,
        dimensions_map={"FunctionName": function.function_name, "service": function.node.id},
        statistic=statistic,
        period=period,
    )
