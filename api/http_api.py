"""The HTTP API and its stage: throttled, with JSON access logs, open to browsers of any origin."""

from typing import NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_logs as logs
from constructs import Construct

from settings import Settings
from wire.http import cors

_LOGGED = {
    "apiId": '"$context.apiId"',
    "requestId": '"$context.requestId"',
    "requestTime": '"$context.requestTime"',
    "routeKey": '"$context.routeKey"',
    "status": '"$context.status"',
    "responseLength": '"$context.responseLength"',
    "integrationLatency": '"$context.integrationLatency"',
    "authorizerLatency": '"$context.authorizer.latency"',
    "message": "$context.error.messageString",
    "sourceIp": '"$context.identity.sourceIp"',
}
"""The fields of a line. API Gateway escapes no value but `messageString`, which it writes with its own quotes.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
"""

_VENDED_LOGS = "/aws/vendedlogs/http-api"
"""To log groups of other names API Gateway adds an entry to the account's resource policy, which has room for a few.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting.html
"""


class Api(NamedTuple):
    """The HTTP API and its access log."""

    http_api: apigateway.HttpApi
    access_log: logs.LogGroup


def http_api(scope: Construct, settings: Settings) -> Api:
    """Define the API, to which every stack adds its routes; the stage deploys each change."""
    api = apigateway.HttpApi(
        scope,
        "HttpApi",
        create_default_stage=False,
        cors_preflight=apigateway.CorsPreflightOptions(
            allow_origins=list(cors.ORIGINS),
            allow_methods=[apigateway.CorsHttpMethod.ANY],
            allow_headers=list(cors.REQUEST_HEADERS),
            expose_headers=list(cors.RESPONSE_HEADERS),
            max_age=cdk.Duration.seconds(cors.MAX_AGE),
        ),
    )
    stage = apigateway.HttpStage(
        scope,
        "Stage",
        http_api=api,
        stage_name="$default",
        auto_deploy=True,
        throttle=apigateway.ThrottleSettings(rate_limit=settings.api_rate, burst_limit=settings.api_burst),
    )
    return Api(api, _log_access(stage))


def _log_access(stage: apigateway.HttpStage) -> logs.LogGroup:
    """Log every request for a month; return the log.

    The group of an earlier release, which has another name, is kept when this one replaces it.
    """
    log_group = logs.LogGroup(
        stage,
        "AccessLogs",
        log_group_name=f"{_VENDED_LOGS}/{cdk.Stack.of(stage).stack_name}",
        retention=logs.RetentionDays.ONE_MONTH,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    group = log_group.node.default_child
    assert isinstance(group, logs.CfnLogGroup)
    group.cfn_options.update_replace_policy = cdk.CfnDeletionPolicy.RETAIN
    resource = stage.node.default_child
    assert isinstance(resource, apigateway.CfnStage)
    resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
        destination_arn=log_group.log_group_arn,
        format="{" + ",".join(f'"{name}":{value}' for name, value in _LOGGED.items()) + "}",
    )
    return log_group
