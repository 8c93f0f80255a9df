"""The HTTP API and its stage: throttled, with JSON access logs, open to browsers of any origin."""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_logs as logs
from constructs import Construct

from wire.http import cors

_LOGGED = (
    "requestId",
    "requestTime",
    "routeKey",
    "status",
    "responseLength",
    "integrationLatency",
    "error.message",
    "identity.sourceIp",
)


def http_api(scope: Construct) -> apigateway.HttpApi:
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
        throttle=apigateway.ThrottleSettings(rate_limit=100, burst_limit=200),
    )
    _log_access(stage)
    return api


def _log_access(stage: apigateway.HttpStage) -> None:
    log_group = logs.LogGroup(
        stage, "AccessLogs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
    )
    resource = stage.node.default_child
    assert isinstance(resource, apigateway.CfnStage)
    resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
        destination_arn=log_group.log_group_arn,
        format=json.dumps({name.rsplit(".")[-1]: f"$context.{name}" for name in _LOGGED}),
    )
