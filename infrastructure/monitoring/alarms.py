"""The alarms: what is measured, from what on somebody should look, and where in docs/operations.md it says what to do.

Plain metrics, no metric math. What is not measured is well: an idle queue has no metrics, nor a function nobody calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_cloudwatch_actions import SnsAction
from constructs import Construct

from domain.pricing import REKOGNITION_CALL
from infrastructure.monitoring.metrics import FIVE_MINUTES, printed

LONGEST_WAIT = cdk.Duration.minutes(30)
"""Longer than a message waits that is merely tried again: a dead worker's comes back after 12 minutes at most."""
NEAR_TIMEOUT = 0.8
ONE_PERIOD, TWICE, A_QUARTER_OF_AN_HOUR = 1, 2, 3
HALF_AN_HOUR = cdk.Duration.minutes(30)
"""Twice as long as an image is put off at the most: what still waits is asked about in each."""

_NONE: Mapping[sqs.IQueue, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Alarms:
    """Makes alarms that tell the topic, when they go off and when it is over."""

    topic: sns.ITopic

    def watch(self, stack: cdk.Stack, most_dead: Mapping[sqs.IQueue, int] = _NONE) -> None:
        """Give every function and queue that stands in the stack by now its alarms, so that none is forgotten.

        `most_dead` are the queues whose dead letters matter only when there are more.
        """
        for each in stack.node.find_all():
            if isinstance(each, lambda_.Function):
                self._function(each)
            elif isinstance(each, sqs.Queue) and each.dead_letter_queue:
                self._queue(each)
            elif isinstance(each, sqs.Queue):
                self._dead_letters(each, most_dead.get(each, 0))

    def api(self, api: apigateway.HttpApi) -> None:
        """Watch what callers meet."""
        failed = api.metric_server_error(period=FIVE_MINUTES, statistic="Sum")
        slow = api.metric_latency(period=FIVE_MINUTES, statistic="p90")
        self._alarm(api, "ServerErrors", failed, 10, "Callers get errors of ours", "the-api-answers-5xx")
        self._alarm(api, "Latency", slow, 5000, "Callers wait", "the-api-is-slow", A_QUARTER_OF_AN_HOUR, few="ignore")

    def deliveries(self, deliver: lambda_.Function) -> None:
        """Watch how many attempts fail: of each the metric has 0 or 1, so that their average is the share that do."""
        failed = printed(deliver, "DeliveriesFailed", "Average")
        meaning = "Half of all attempts to tell subscribers fail"
        self._alarm(deliver, "DeliveriesFailing", failed, 0.5, meaning, "deliveries-fail", A_QUARTER_OF_AN_HOUR)

    def spending(self, recognize: lambda_.Function, dollars: float) -> None:
        """Watch what Rekognition is paid in a day."""
        paid = printed(recognize, "RekognitionCalls", period=cdk.Duration.days(1))
        meaning = f"Rekognition has cost {dollars:g} dollars in a day"
        self._alarm(recognize, "Spending", paid, round(dollars / REKOGNITION_CALL), meaning, "rekognition-costs")

    def throttled(self, recognize: lambda_.Function) -> None:
        """Watch whether images are put off: queued anew, they are never old, and no queue's age tells of them."""
        waiting = printed(recognize, "Throttled", period=HALF_AN_HOUR)
        meaning = "Images have waited for an hour, because a detector has no time"
        self._alarm(recognize, "PutOff", waiting, 1, meaning, "rekognition-throttles", TWICE)

    def _function(self, function: lambda_.Function) -> None:
        name, timeout = function.node.id, function.timeout
        assert timeout, f"{function.node.path} has no timeout"
        failed = function.metric_errors(period=FIVE_MINUTES, statistic="Sum")
        took = function.metric_duration(period=FIVE_MINUTES, statistic="Maximum")
        refused = function.metric_throttles(period=FIVE_MINUTES, statistic="Sum")
        nearly = NEAR_TIMEOUT * timeout.to_milliseconds()
        self._alarm(function, "Errors", failed, 1, f"{name} broke off", "a-function-fails")
        self._alarm(function, "Duration", took, nearly, f"{name} nearly ran out of time", "a-function-is-slow")
        meaning = f"{name} has been refused for a quarter of an hour"
        self._alarm(function, "Throttles", refused, 1, meaning, "a-function-is-throttled", A_QUARTER_OF_AN_HOUR)

    def _queue(self, queue: sqs.Queue) -> None:
        age = queue.metric_approximate_age_of_oldest_message(period=FIVE_MINUTES, statistic="Maximum")
        meaning = f"The oldest message of {queue.node.id} is half an hour old"
        self._alarm(queue, "Age", age, LONGEST_WAIT.to_seconds(), meaning, "messages-wait")

    def _dead_letters(self, queue: sqs.Queue, most: int) -> None:
        depth = queue.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES, statistic="Maximum")
        meaning = f"More than {most} messages lie in {queue.node.id}" if most else f"A message lies in {queue.node.id}"
        self._alarm(queue, "Depth", depth, most + 1, meaning, "dead-letters")

    def _alarm(
        self,
        scope: Construct,
        construct_id: str,
        metric: cloudwatch.Metric,
        threshold: float,
        meaning: str,
        section: str,
        periods: int = ONE_PERIOD,
        few: str | None = None,
    ) -> None:
        made = metric.create_alarm(
            scope,
            f"{construct_id}Alarm",
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            evaluate_low_sample_count_percentile=few,
            alarm_description=f"{meaning}: docs/operations.md#{section}",
        )
        made.add_alarm_action(SnsAction(self.topic))
        made.add_ok_action(SnsAction(self.topic))
