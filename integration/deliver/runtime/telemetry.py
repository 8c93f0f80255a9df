"""The log lines of a batch's attempts, and the CloudWatch metric of those that failed: printed, without a call.

Powertools formats one line, and the others are made like it, all in one write. Powertools alone takes five times as
long: half of the time of the posts. The metric is a line in CloudWatch's embedded metric format, written by hand
because deliver's start loads as few modules as possible:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import logging
import os
from collections.abc import Mapping, Sequence

from aws_lambda_powertools import Logger

from domain.metrics import NAMESPACE, UNIT, printed_by
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery

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

logger = Logger()


def log_attempts(attempts: Sequence[tuple[Delivery, Attempt]]) -> None:
    """Print a line for each attempt, without the URL and without a secret."""
    if not attempts or logger.log_level > logging.INFO:
        return
    record = logging.makeLogRecord({"levelname": "INFO", "levelno": logging.INFO, "msg": "attempt"})
    template = json.loads(logger.registered_formatter.format(record))
    template.pop("location", None)  # there is no line of code that has logged it
    lines = []
    for delivery, attempt in attempts:
        response = attempt.response
        result = {"status": response.status} if response.status else {"error": response.error}
        lines.append(_json(template | delivery.log_keys | {"attempt": attempt.number} | result | {"ms": attempt.ms}))
    print("\n".join(lines), flush=True)


def print_failures(attempts: Sequence[tuple[Delivery, Attempt]], now: float) -> None:
    """Print the metric: 1 for each failed attempt and 0 for each other one, whose average is the failed share."""
    if attempts:
        directive = {"Timestamp": int(now * 1000), "CloudWatchMetrics": [_DIRECTIVE]}
        failed = [int(not attempt.finished) for _, attempt in attempts]
        print(_json({"_aws": directive, **_DIMENSIONS, _METRIC: failed}), flush=True)


def _json(line: Mapping[str, object]) -> str:
    """Return a line without blanks, which are paid for by the byte."""
    return json.dumps(line, separators=(",", ":"))
