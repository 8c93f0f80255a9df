"""Queues as every stack defines them: each with dead letters, fed directly or by a topic."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue and its dead letters."""

    messages: sqs.Queue
    dead_letters: sqs.Queue

    def subscribe(self, topic: sns.Topic) -> None:
        """Receive the topic's messages as they are; a message that SNS cannot deliver becomes a dead letter, too."""
        topic.add_subscription(
            subscriptions.SqsSubscription(self.messages, raw_message_delivery=True, dead_letter_queue=self.dead_letters)
        )


MOST_RECEIVES = 100
"""SQS moves a message that was received so often to the dead letters: far more often than any retry policy tries it.

The functions count their tries and move a message there themselves (`wire.aws.retries`, `wire.aws.isolation`), because
a receive whose invocation Lambda throttled counts, too. A new account may run ten functions at once, and its event
sources may ask for forty. The bound is for a function that never comes to count.
"""


def queue_with_dead_letters(
    scope: Construct, name: str, *, function_seconds: int, batching_seconds: int, enforce_ssl: bool
) -> Queue:
    """Define a queue with dead letters; both retain messages for two weeks.

    A received message is hidden for six times the timeout of its function, and for the time that it waits for a batch,
    as AWS asks of event sources: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    dead_letters = _queue(scope, f"{name}Dead", enforce_ssl)
    hidden = cdk.Duration.seconds(6 * function_seconds + batching_seconds)
    redrive = sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=MOST_RECEIVES)
    return Queue(_queue(scope, f"{name}Queue", enforce_ssl, hidden, redrive), dead_letters)


def _queue(
    scope: Construct,
    construct_id: str,
    enforce_ssl: bool,
    visibility_timeout: cdk.Duration | None = None,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    return sqs.Queue(
        scope,
        construct_id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=enforce_ssl,
        retention_period=cdk.Duration.days(14),
        visibility_timeout=visibility_timeout,
        dead_letter_queue=dead_letter_queue,
    )
