"""The dashboard: the chain from the API to the subscribers on one page, from top to bottom as an image goes."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from operations.metrics import FIVE_MINUTES, printed

Row = Mapping[str, Sequence[cloudwatch.IMetric]]
"""The graphs of a row by their titles."""

_COLUMNS = 24
_FAILED = "DeliveriesFailed"
_ASKED = ("ImagesAsked", "AnswersReused", "RekognitionCalls", "RekognitionCallsSaved", "StandIns", "Throttled")


def dashboard(
    scope: Construct,
    api: apigateway.HttpApi,
    functions: Sequence[lambda_.Function],
    queues: Mapping[str, tuple[sqs.Queue, sqs.Queue]],
    recognize: lambda_.Function,
    deliver: lambda_.Function,
) -> cloudwatch.Dashboard:
    """`queues` by the name of their messages, each with its dead letters."""
    made = cloudwatch.Dashboard(scope, "Dashboard", default_interval=cdk.Duration.hours(12))
    for row in (_api(api), _queues(queues), _functions(functions), _told(recognize, deliver)):
        made.add_widgets(*(_graph(title, metrics, _COLUMNS // len(row)) for title, metrics in row.items()))
    return made


def _api(api: apigateway.HttpApi) -> Row:
    counted = [api.metric_count, api.metric_client_error, api.metric_server_error]
    return {
        "API: requests, 4xx, 5xx": [each(statistic="Sum", period=FIVE_MINUTES) for each in counted],
        "API: how long callers wait": [
            api.metric_latency(statistic=each, period=FIVE_MINUTES, label=each) for each in ("p50", "p90", "p99")
        ],
    }


def _queues(queues: Mapping[str, tuple[sqs.Queue, sqs.Queue]]) -> Row:
    def of(measure: str, which: int) -> list[cloudwatch.IMetric]:
        return [
            getattr(pair[which], f"metric_approximate_{measure}")(statistic="Maximum", period=FIVE_MINUTES, label=name)
            for name, pair in queues.items()
        ]

    return {
        "Queues: age of the oldest message": of("age_of_oldest_message", 0),
        "Queues: messages that wait": of("number_of_messages_visible", 0),
        "Dead letters": of("number_of_messages_visible", 1),
    }


def _functions(functions: Sequence[lambda_.Function]) -> Row:
    def of(measure: str, statistic: str) -> list[cloudwatch.IMetric]:
        return [
            getattr(each, f"metric_{measure}")(statistic=statistic, period=FIVE_MINUTES, label=each.node.id)
            for each in functions
        ]

    return {
        "Functions: invocations": of("invocations", "Sum"),
        "Functions: errors": of("errors", "Sum"),
        "Functions: throttles": of("throttles", "Sum"),
        "Functions: p99 of duration": of("duration", "p99"),
    }


def _told(recognize: lambda_.Function, deliver: lambda_.Function) -> Row:
    attempts = {"SampleCount": "made", "Sum": "failed"}
    return {
        "Images asked about, and what Rekognition was paid": [printed(recognize, name) for name in _ASKED],
        "Attempts to tell subscribers": [
            printed(deliver, _FAILED, each).with_(label=label) for each, label in attempts.items()
        ],
        "Share of attempts that failed": [printed(deliver, _FAILED, "Average")],
    }


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric], width: int) -> cloudwatch.GraphWidget:
    axis = cloudwatch.YAxisProps(min=0)
    return cloudwatch.GraphWidget(title=title, left=list(metrics), left_y_axis=axis, width=width)
