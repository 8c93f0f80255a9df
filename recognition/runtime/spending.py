"""What a batch asked of Rekognition and what it saved, as CloudWatch metrics: a line of the log, no call."""

import json
import os
import time
from collections import Counter
from collections.abc import Mapping

from domain.image import Image
from domain.recognition import Recognition
from recognition.runtime.entry import Outcome

METRICS = ("ImagesAsked", "RekognitionCalls", "RekognitionCallsSaved", "StandIns")
_NAMESPACE = "Sightline"
_FUNCTION = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")


def spending(images: int, outcomes: Mapping[Image, Outcome], cascade: Counter[str]) -> dict[str, int]:
    """The metrics of one batch: what its cascade counted, and the answers Rekognition is paid for."""
    paid = sum(isinstance(said, Recognition) and said.detector == "rekognition" for said in outcomes.values())
    counted = {"ImagesAsked": images, "RekognitionCalls": paid, **cascade}
    return {name: counted.get(name, 0) for name in METRICS}


def tell(counted: Mapping[str, int]) -> None:
    """Print them in the embedded metric format.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    metrics = [{"Name": name, "Unit": "Count"} for name in counted]
    directive = {"Namespace": _NAMESPACE, "Dimensions": [["FunctionName"]], "Metrics": metrics}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": about, "FunctionName": _FUNCTION, **counted}, separators=(",", ":")))
