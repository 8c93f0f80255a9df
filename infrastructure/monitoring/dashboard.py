"""The dashboard: the chain from the API to the subscribers on one page, in the order in which an image passes them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from domain.metrics import printed_by
from infrastructure.monitoring.metrics import FIVE_MINUTES, printed
from infrastructure.queues import Queue

Row = Mapping[str, Sequence[cloudwatch.IMetric]]
"""The graphs of a row by their titles."""

_COLUMNS = 24
_FAILED = "DeliveriesFailed"


class Chain(NamedTuple):
    """The functions that an image and its events pass through, in order."""

    upload: lambda_.Function
    recognize: lambda_.Function
    edge: lambda_.Function
    dispatch: lambda_.Function
    deliver: lambda_.Function


def dashboard(
    scope: Construct, api: apigateway.HttpApi, chain: Chain, queues: Mapping[str, Queue]
) -> cloudwatch.Dashboard:
    """Define the dashboard; `queues` are named by their messages.

    It shows only the functions of the chain, because every name from another stack becomes an export, which that stack
    cannot remove while this stack uses it.
    """
    page = cloudwatch.Dashboard(scope, "Dashboard", default_interval=cdk.Duration.hours(12))
    for row in (_api(api), _queues(queues), _functions(chain), _results(chain)):
        page.add_widgets(*(_graph(title, metrics, _COLUMNS // len(row)) for title, metrics in row.items()))
    return page


def _api(api: apigateway.HttpApi) -> Row:
    counts = [api.metric_count, api.metric_client_error, api.metric_server_error]
    return {
        "API: requests, 4xx, 5xx": [count(statistic="Sum", period=FIVE_MINUTES) for count in counts],
        "API: how long callers wait": [
            api.metric_latency(statistic=percentile, period=FIVE_MINUTES, label=percentile)
            for percentile in ("p50", "p90", "p99")
        ],
    }


def _queues(queues: Mapping[str, Queue]) -> Row:
    def of(measure: str, kind: str) -> list[cloudwatch.IMetric]:
        return [
            getattr(getattr(queue, kind), f"metric_approximate_{measure}")(
                statistic="Maximum", period=FIVE_MINUTES, label=name
            )
            for name, queue in queues.items()
        ]

    return {
        "Queues: age of the oldest message": of("age_of_oldest_message", "messages"),
        "Queues: messages that wait": of("number_of_messages_visible", "messages"),
        "Dead letters": of("number_of_messages_visible", "dead_letters"),
    }


def _functions(functions: Iterable[lambda_.Function]) -> Row:
    def of(measure: str, statistic: str) -> list[cloudwatch.IMetric]:
        return [
            getattr(function, f"metric_{measure}")(statistic=statistic, period=FIVE_MINUTES, label=_label(function))
            for function in functions
        ]

    return {
        "Functions: invocations": of("invocations", "Sum"),
        "Functions: errors": of("errors", "Sum"),
        "Functions: throttles": of("throttles", "Sum"),
        "Functions: p99 of duration": of("duration", "p99"),
    }


def _label(function: lambda_.Function) -> str:
    """Return the label of a function. That of another package is another one, so that its new name is read."""
    return f"{function.node.id} (image)" if isinstance(function, lambda_.DockerImageFunction) else function.node.id


def _results(chain: Chain) -> Row:
    attempts = {"SampleCount": "made", "Sum": "failed"}
    return {
        "Images asked about, and what Rekognition was paid": [
            printed(chain.recognize, name) for name in printed_by("Recognize")
        ],
        "Attempts to tell subscribers": [
            printed(chain.deliver, _FAILED, statistic).with_(label=label) for statistic, label in attempts.items()
        ],
        "Share of attempts that failed": [printed(chain.deliver, _FAILED, "Average")],
    }


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric], width: int) -> cloudwatch.GraphWidget:
    axis = cloudwatch.YAxisProps(min=0)
    return cloudwatch.GraphWidget(title=title, left=list(metrics), left_y_axis=axis, width=width)
