"""The measurement of an alarm's metric, and its comparison with the threshold.

The emulator measures functions, but neither queues nor metrics in logs; and it evaluates an alarm over all
measurements, whatever its dimensions.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.deployment import Deployment

Alarm = dict[str, Any]


@dataclass(frozen=True)
class CloudWatch:
    """The alarms of a deployment, and their metrics from the moment `since`."""

    deployment: Deployment
    since: datetime

    def alarms(self) -> dict[str, Alarm]:
        """Return all alarms by stack and logical id without its hash: `APIStack-UploadErrorsAlarm`."""
        pages = self.deployment.client("cloudwatch").get_paginator("describe_alarms").paginate()
        found = [alarm for page in pages for alarm in page["MetricAlarms"]]
        return {alarm["AlarmName"].rsplit("-", 1)[0][:-8]: alarm for alarm in found}

    def off(self, name: str) -> bool:
        """Return True if the measurements would set the alarm off."""
        alarm, value = self.alarms()[name], self.measured(name)
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        return value is not None and bool(value >= alarm["Threshold"])

    def measured(self, name: str) -> float | None:
        """Return the value of the alarm's metric, or None without a measurement."""
        alarm = self.alarms()[name]
        by_namespace = {"AWS/SQS": self._depth, "AWS/Lambda": self._counted, "Sightline": self._printed}
        return by_namespace[alarm["Namespace"]](
            alarm, {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
        )

    def _depth(self, alarm: Alarm, dimensions: dict[str, str]) -> float:
        assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        sqs = self.deployment.client("sqs")
        url = sqs.get_queue_url(QueueName=dimensions["QueueName"])["QueueUrl"]
        queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return float(queue["Attributes"]["ApproximateNumberOfMessages"])

    def _counted(self, alarm: Alarm, dimensions: dict[str, str]) -> float | None:
        statistic = alarm["Statistic"]
        points = self.deployment.client("cloudwatch").get_metric_statistics(
            Namespace=alarm["Namespace"],
            MetricName=alarm["MetricName"],
            Dimensions=alarm["Dimensions"],
            StartTime=self.since,
            EndTime=datetime.now(UTC),
            Period=alarm["Period"],
            Statistics=[statistic],
        )["Datapoints"]
        return max((float(point[statistic]) for point in points), default=None)

    def _printed(self, alarm: Alarm, dimensions: dict[str, str]) -> float | None:
        values = [value for line in self._lines(dimensions) for value in line.get(alarm["MetricName"], [])]
        if not values:
            return None
        return float(sum(values) / (len(values) if alarm["Statistic"] == "Average" else 1))

    def _lines(self, dimensions: dict[str, str]) -> list[dict[str, Any]]:
        logs, function = self.deployment.client("logs"), dimensions["FunctionName"]
        configuration = self.deployment.client("lambda").get_function_configuration(FunctionName=function)
        found = logs.filter_log_events(
            logGroupName=configuration["LoggingConfig"]["LogGroup"], startTime=int(self.since.timestamp() * 1000)
        )["events"]
        lines = [json.loads(event["message"]) for event in found if event["message"].startswith('{"_aws"')]
        return [line for line in lines if dimensions.items() <= line.items()]
