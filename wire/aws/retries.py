"""Retries of failed messages, counted by the functions themselves.

SQS counts how often a message was received. A receive whose invocation Lambda throttled counts as well, although no
function has tried the message: with a schedule of receives, messages would die because an account is busy. A function
therefore sends a failed message again with its number of tries, and moves it to the dead letters after the last one.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from aws_lambda_powertools import Logger

from wire.aws.queue import Record, hide, names_tries, send_again, send_records, tries
from wire.aws.retry_policy import RetryPolicy

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient

logger = Logger()


class RetriedQueue(NamedTuple):
    """The URL of a queue, and that of its dead letters."""

    url: str
    dead_letters: str


def retry_later(sqs: "SQSClient", queue: RetriedQueue, failed: Sequence[Record], policy: RetryPolicy) -> list[Record]:
    """Have failed messages tried again by the policy; return those that stay in the queue, to be reported as failed.

    A new message stays after its first try, hidden for the pause. After a later one another takes its place, after
    the last one it moves to the dead letters; where SQS refuses that, it stays for the queue's visibility timeout.
    """
    pauses = {record["messageId"]: policy.backoff(tries(record)) for record in failed}
    first = [record for record in failed if tries(record) == 1 and not names_tries(record)]
    hide(sqs, queue.url, first, lambda record: pauses[record["messageId"]])
    later = [record for record in failed if record not in first]
    again = [record for record in later if pauses[record["messageId"]]]
    spent = [record for record in later if not pauses[record["messageId"]]]
    moved = send_again(sqs, queue.url, again, lambda record: pauses[record["messageId"]]) + bury(sqs, queue, spent)
    return [record for record in failed if record not in moved]


def bury(sqs: "SQSClient", queue: RetriedQueue, records: Sequence[Record]) -> list[Record]:
    """Move messages to the dead letters; return those that SQS accepted.

    They lose their count of tries, so that all of them can be made again after a redrive.
    """
    moved = send_records(
        sqs, queue.dead_letters, records, lambda record: {"Id": record["messageId"], "MessageBody": record["body"]}
    )
    for record in moved:
        logger.warning("message given up", extra={"message_id": record["messageId"]})
    return moved
