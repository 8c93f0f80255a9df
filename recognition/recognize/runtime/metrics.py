"""The CloudWatch metrics of a batch: paid calls, saved calls and throttled images, printed as one log line."""

import os
from collections import Counter
from collections.abc import Mapping

from aws_lambda_powertools import Metrics

from domain.detectors import DETECTORS
from domain.image import Image
from domain.metrics import NAMESPACE, UNIT, printed_by
from domain.recognition import Outcome, Recognition
from recognition.results.runtime.result_cache import ResultCache

METRICS = printed_by("Recognize")

metrics = Metrics(namespace=NAMESPACE)


def batch_metrics(
    images: int, outcomes: Mapping[Image, Outcome], cascade: Counter[str], cache: ResultCache, throttled: int = 0
) -> dict[str, int]:
    """Return the metrics of a batch of `images`, with the counts of its cascade.

    `throttled` counts the images without an outcome because a detector was throttled. Calls are counted in units of
    `DetectorSpec.paid_calls`.
    """
    results = {image: outcome for image, outcome in outcomes.items() if isinstance(outcome, Recognition)}
    new = [recognition for image, recognition in results.items() if not cache.source(image, recognition)]
    counted = {
        "ImagesAsked": images,
        "AnswersReused": len(results) - len(new),
        "RekognitionCalls": sum(DETECTORS[recognition.detector].paid_calls for recognition in new),
        "Throttled": throttled,
    }
    return {name: (counted | cascade).get(name, 0) for name in METRICS}


def print_metrics(counted: Mapping[str, int]) -> None:
    """Print metrics in CloudWatch's embedded metric format; the function's name distinguishes deployments."""
    metrics.add_dimension("FunctionName", os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "none"))
    for name, count in counted.items():
        metrics.add_metric(name, UNIT, count)
    metrics.flush_metrics()
