"""The metrics that functions print into their logs in CloudWatch's embedded metric format, each declared once."""

from typing import NamedTuple

NAMESPACE = "Sightline"
UNIT = "Count"


class Metric(NamedTuple):
    """A metric, the construct id of the function that prints it, and its meaning. Its unit is `UNIT`."""

    name: str
    function: str
    meaning: str


METRICS = (
    Metric("ImagesAsked", "Recognize", "images that a detector was requested for"),
    Metric("AnswersReused", "Recognize", "images whose recognition came from the result cache"),
    Metric("RekognitionCalls", "Recognize", "images that Rekognition recognized and bills"),
    Metric("RekognitionCallsSaved", "Recognize", "images of the cascade for which the edge detector was sure"),
    Metric("StandIns", "Recognize", "outcomes of the cascade from one detector because the other failed"),
    Metric("Throttled", "Recognize", "images without an outcome because a detector was throttled; they are requeued"),
    Metric(
        "DeliveriesFailed",
        "Deliver",
        "1 for each failed attempt, 0 for any other: the average is the share that failed",
    ),
)
"""Every metric, in the order of the dashboard."""


def printed_by(function: str) -> tuple[str, ...]:
    """Return the names of the metrics that a function prints."""
    return tuple(metric.name for metric in METRICS if metric.function == function)


def declared(name: str, function: str) -> Metric:
    """Return the declaration of a metric that a function prints; raises KeyError without one."""
    return {(metric.name, metric.function): metric for metric in METRICS}[name, function]
