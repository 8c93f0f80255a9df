"""The settings `tracing` and `log_level`, applied to the functions of all stacks."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from settings import Settings

_TRACING = {"pass_through": "PassThrough", "active": "Active"}
_LAMBDAS_OWN_LINES = {"warning": "WARN", "info": "WARN", "debug": "DEBUG"}
"""The levels of Lambda's own lines. A successful start or invocation is logged at INFO and DEBUG, a failed one at WARN:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html"""


def telemetry(app: cdk.App, settings: Settings) -> None:
    """Set the tracing and the log levels of every function.

    The functions themselves leave out the lines below the level. Lambda would also leave out those without a level, and
    the metrics that functions print are such lines; it passes our lines on from INFO, unless told to from DEBUG.
    """
    for function in app.node.find_all():
        if isinstance(function, lambda_.Function):
            resource = function.node.default_child
            assert isinstance(resource, lambda_.CfnFunction)
            resource.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode=_TRACING[settings.tracing])
            resource.add_property_override("LoggingConfig.SystemLogLevel", _LAMBDAS_OWN_LINES[settings.log_level])
            if settings.log_level == "debug":
                resource.add_property_override("LoggingConfig.ApplicationLogLevel", "DEBUG")
            function.add_environment("POWERTOOLS_LOG_LEVEL", settings.log_level.upper())
