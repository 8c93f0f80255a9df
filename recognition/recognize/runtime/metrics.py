"""What a batch asked of Rekognition and what it saved, as CloudWatch metrics: a line of the log, no call."""

import os
from collections import Counter
from collections.abc import Mapping

from aws_lambda_powertools import Metrics

from domain.image import Image
from domain.metrics import NAMESPACE, UNIT, printed_by
from domain.recognition import Outcome, Recognition
from recognition.results.runtime.result_cache import Memory

METRICS = printed_by("Recognize")

metrics = Metrics(namespace=NAMESPACE)


def spending(
    images: int, outcomes: Mapping[Image, Outcome], cascade: Counter[str], memory: Memory, throttled: int = 0
) -> dict[str, int]:
    """The metrics of one batch: what its cascade and its memory saved, and the answers Rekognition is paid for.

    `throttled` of the images have no answer because a detector had no time for them.
    """
    said = {image: each for image, each in outcomes.items() if isinstance(each, Recognition)}
    reused = {image for image, each in said.items() if memory.source(image, each)}
    paid = sum(each.detector == "rekognition" for image, each in said.items() if image not in reused)
    counted = {"ImagesAsked": images, "AnswersReused": len(reused), "RekognitionCalls": paid, "Throttled": throttled}
    return {name: (counted | cascade).get(name, 0) for name in METRICS}


def tell(counted: Mapping[str, int]) -> None:
    """Print them in CloudWatch's embedded metric format; the function's name tells deployments apart."""
    metrics.add_dimension("FunctionName", os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "none"))
    for name, count in counted.items():
        metrics.add_metric(name, UNIT, count)
    metrics.flush_metrics()
