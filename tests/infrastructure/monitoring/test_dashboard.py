"""The dashboard: its graphs show the functions, queues and metrics of the whole chain."""

import json
from typing import Any

import pytest

from recognition.recognize.runtime.metrics import METRICS
from tests.stacks import LOCAL, resources

BOTH = pytest.mark.parametrize("settings", [{}, LOCAL], ids=["account", "local"])


def shown(**settings: str) -> dict[str, list[list[Any]]]:
    """Return the metrics of each graph of the dashboard, by title."""
    ((name, dashboard),) = resources("AWS::CloudWatch::Dashboard", **settings)
    assert name.startswith("IntegrationStack/")
    _, parts = dashboard["Properties"]["DashboardBody"]["Fn::Join"]
    body = json.loads("".join(item if isinstance(item, str) else json.dumps(item).replace('"', "") for item in parts))
    return {item["properties"]["title"]: item["properties"]["metrics"] for item in body["widgets"]}


@BOTH
def test_one_dashboard_shows_the_whole_chain(settings: dict[str, str]) -> None:
    graphs = shown(**settings)
    assert {metric[1] for metrics in graphs.values() for metric in metrics} >= {
        "5xx",
        "Latency",
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
        "Errors",
        "Duration",
        "Throttles",
        "DeliveriesFailed",
    }
    of_functions = {metric[-1]["label"] for metric in graphs["Functions: errors"]}
    edge = "Edge" if settings else "Edge (image)"
    assert of_functions == {"Upload", "Recognize", edge, "Dispatch", "Deliver"}
    assert {metric[-1]["label"] for metric in graphs["Dead letters"]} == {"uploads", "events", "deliveries"}


def test_the_dashboard_shows_every_metric_of_recognize() -> None:
    counted = {metric[1] for metric in shown()["Images asked about, and what Rekognition was paid"]}
    assert counted == set(METRICS)
