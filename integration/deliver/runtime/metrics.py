"""How many of a batch's attempts failed, as a CloudWatch metric: a line of the log, no call.

By hand in CloudWatch's embedded metric format, because deliver's start does without whatever it can:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import os
from collections.abc import Iterable

from domain.metrics import NAMESPACE, UNIT, printed_by
from integration.deliver.runtime.outcome import Outcome
from integration.deliveries.runtime.attempt import Attempt

(_METRIC,) = printed_by("Deliver")
_DIMENSIONS = {
    "FunctionName": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "none"),
    "service": os.environ.get("POWERTOOLS_SERVICE_NAME", "none"),
}
_DIRECTIVE = {
    "Namespace": NAMESPACE,
    "Dimensions": [list(_DIMENSIONS)],
    "Metrics": [{"Name": _METRIC, "Unit": UNIT}],
}


def tell(outcomes: Iterable[Outcome], now: float) -> None:
    """Print 1 for each attempt that failed and 0 for each that did not: their average is the share that failed."""
    failed = [int(not each.answer.finished) for each in outcomes if isinstance(each, Attempt)]
    if failed:
        directive = {"Timestamp": int(now * 1000), "CloudWatchMetrics": [_DIRECTIVE]}
        print(json.dumps({"_aws": directive, **_DIMENSIONS, _METRIC: failed}), flush=True)
