"""CloudWatch's metrics of what functions print into their logs (see domain.metrics), and of the API's access log."""

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from domain.metrics import NAMESPACE, UNIT, declared

FIVE_MINUTES = cdk.Duration.minutes(5)
NEAR_TIMEOUT = 0.8
"""The share of its timeout after which a function counts as slow."""

UNSERVED = "RequestsUnserved"
UNSERVED_PATTERN = (
    '{ $.status = "500" || $.status = "503"'
    " || $.integrationLatency = %^2[4-9][0-9][0-9][0-9]$|^[3-9][0-9][0-9][0-9][0-9]$%"
    " || $.authorizerLatency = %^[89][0-9][0-9][0-9]$|^[1-9][0-9][0-9][0-9][0-9]$% }"
)
"""The lines of the access log about requests whose function failed (500), was throttled (503, perhaps 500), or took
`NEAR_TIMEOUT`: 24 of 30 s, or 8 of the authorizer's 10 s. Latencies are texts of digits, or `-`.

A pattern holds at most two regular expressions, without brackets around a part:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""


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


def unserved_requests(api: apigateway.HttpApi, access_log: logs.LogGroup) -> cloudwatch.Metric:
    """Define the metric that counts the unserved requests in the API's access log, and return it.

    It has values only where there are such requests, and is paid for by the hour in which it has them.
    """
    logs.MetricFilter(
        access_log,
        UNSERVED,
        log_group=access_log,
        filter_pattern=logs.FilterPattern.literal(UNSERVED_PATTERN),
        metric_namespace=NAMESPACE,
        metric_name=UNSERVED,
        metric_value="1",
        unit=cloudwatch.Unit(UNIT.upper()),
        dimensions={"ApiId": "$.apiId"},
    )
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=UNSERVED,
        dimensions_map={"ApiId": api.api_id},
        statistic="Sum",
        period=FIVE_MINUTES,
    )
