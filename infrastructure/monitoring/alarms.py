"""The alarms of functions, queues and the API; each names its section in docs/operations.md.

Each alarm watches one metric: of metric math and of a composite alarm each metric or alarm is paid for. Missing data
sets off no alarm: an idle queue and a function without invocations have no metrics.

With the setting `alarms=few` the functions for which a request of the API waits share one alarm, of what the API's
access log says of their responses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_cloudwatch_actions import SnsAction
from constructs import Construct

from domain.pricing import REKOGNITION_CALL
from infrastructure.functions import LeastPrivilegeFunction
from infrastructure.monitoring.metrics import FIVE_MINUTES, NEAR_TIMEOUT, printed, unserved_requests

LONGEST_WAIT = cdk.Duration.minutes(30)
"""Longer than a message waits for a retry: if its function dies, it is received again within 12 minutes."""
ONE_PERIOD, TWICE, A_QUARTER_OF_AN_HOUR = 1, 2, 3
HALF_AN_HOUR = cdk.Duration.minutes(30)
"""Twice the longest delay of a requeued image, so that an image that still waits counts in every period."""

_NONE: Mapping[sqs.IQueue, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm: `meaning` is its description, `section` the anchor in docs/operations.md.

    It goes off when the metric has reached the threshold in `periods` periods in a row. `few_samples="ignore"` excludes
    percentiles of too few samples.
    """

    construct_id: str
    threshold: float
    meaning: str
    section: str
    periods: int = ONE_PERIOD
    few_samples: str | None = None


@dataclass(frozen=True, slots=True)
class Alarms:
    """Defines alarms that notify the topic when they go off and when they return to normal."""

    topic: sns.ITopic
    which: str
    """The setting `alarms`."""

    def watch(self, stack: cdk.Stack, most_dead: Mapping[sqs.IQueue, int] = _NONE) -> None:
        """Define the alarms of every function and queue that the stack has so far, so that none is forgotten.

        `most_dead` maps a queue of dead letters to the number of them that is still normal; the default is 0.
        """
        for construct in stack.node.find_all():
            if isinstance(construct, LeastPrivilegeFunction) and construct.answers_requests and self.which == "few":
                continue
            if isinstance(construct, lambda_.Function):
                self._function(construct)
            elif isinstance(construct, sqs.Queue) and construct.dead_letter_queue:
                self._queue(construct)
            elif isinstance(construct, sqs.Queue):
                self._dead_letters(construct, most_dead.get(construct, 0))

    def api(self, api: apigateway.HttpApi, access_log: logs.LogGroup) -> None:
        """Define the alarms of server errors and latency, and that of the functions that share one."""
        if self.which == "few":
            meaning = "A request was not served: its function failed, was throttled or nearly reached its timeout"
            unserved = unserved_requests(api, access_log)
            self._add(api, unserved, Alarm("Unserved", 1, meaning, "a-request-is-not-served"))
        errors = api.metric_server_error(period=FIVE_MINUTES, statistic="Sum")
        self._add(api, errors, Alarm("ServerErrors", 10, "The API returns 5xx errors", "the-api-answers-5xx"))
        latency = api.metric_latency(period=FIVE_MINUTES, statistic="p90")
        slow = Alarm("Latency", 5000, "The API is slow", "the-api-is-slow", A_QUARTER_OF_AN_HOUR, few_samples="ignore")
        self._add(api, latency, slow)

    def deliveries(self, deliver: lambda_.Function) -> None:
        """Define the alarm of failed deliveries: an attempt counts 0 or 1, so the average is the share that failed."""
        failed = printed(deliver, "DeliveriesFailed", "Average")
        meaning = "Half of all delivery attempts fail"
        self._add(deliver, failed, Alarm("DeliveriesFailing", 0.5, meaning, "deliveries-fail", A_QUARTER_OF_AN_HOUR))

    def spending(self, recognize: lambda_.Function, dollars: float) -> None:
        """Define the alarm of the daily cost of Rekognition."""
        calls = printed(recognize, "RekognitionCalls", period=cdk.Duration.days(1))
        meaning = f"Rekognition has cost {dollars:g} dollars in a day"
        self._add(recognize, calls, Alarm("Spending", round(dollars / REKOGNITION_CALL), meaning, "rekognition-costs"))

    def throttled(self, recognize: lambda_.Function) -> None:
        """Define the alarm of requeued images: a requeued message is new, so the age of no queue shows the delay."""
        requeued = printed(recognize, "Throttled", period=HALF_AN_HOUR)
        meaning = "Images have been requeued for an hour, because a detector is throttled"
        self._add(recognize, requeued, Alarm("PutOff", 1, meaning, "rekognition-throttles", TWICE))

    def _function(self, function: lambda_.Function) -> None:
        name, timeout = function.node.id, function.timeout
        assert timeout, f"{function.node.path} has no timeout"
        errors = function.metric_errors(period=FIVE_MINUTES, statistic="Sum")
        self._add(function, errors, Alarm("Errors", 1, f"{name} failed", "a-function-fails"))
        duration = function.metric_duration(period=FIVE_MINUTES, statistic="Maximum")
        nearly = NEAR_TIMEOUT * timeout.to_milliseconds()
        slow = Alarm("Duration", nearly, f"{name} nearly reached its timeout", "a-function-is-slow")
        self._add(function, duration, slow)
        throttles = function.metric_throttles(period=FIVE_MINUTES, statistic="Sum")
        meaning = f"{name} has been throttled for a quarter of an hour"
        self._add(function, throttles, Alarm("Throttles", 1, meaning, "a-function-is-throttled", A_QUARTER_OF_AN_HOUR))

    def _queue(self, queue: sqs.Queue) -> None:
        age = queue.metric_approximate_age_of_oldest_message(period=FIVE_MINUTES, statistic="Maximum")
        meaning = f"The oldest message of {queue.node.id} is half an hour old"
        self._add(queue, age, Alarm("Age", LONGEST_WAIT.to_seconds(), meaning, "messages-wait"))

    def _dead_letters(self, queue: sqs.Queue, most: int) -> None:
        depth = queue.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES, statistic="Maximum")
        meaning = f"{queue.node.id} holds more than {most} messages" if most else f"{queue.node.id} holds a message"
        self._add(queue, depth, Alarm("Depth", most + 1, meaning, "dead-letters"))

    def _add(self, scope: Construct, metric: cloudwatch.Metric, alarm: Alarm) -> None:
        added = metric.create_alarm(
            scope,
            f"{alarm.construct_id}Alarm",
            threshold=alarm.threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=alarm.periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            evaluate_low_sample_count_percentile=alarm.few_samples,
            alarm_description=f"{alarm.meaning}: docs/operations.md#{alarm.section}",
        )
        added.add_alarm_action(SnsAction(self.topic))
        added.add_ok_action(SnsAction(self.topic))
