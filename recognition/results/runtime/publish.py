"""Publishing events on the results topic."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from domain.event import Event
from wire.aws.queue import batches

if TYPE_CHECKING:
    from types_boto3_sns.client import SNSClient
    from types_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef

logger = Logger(child=True)

Publish = Callable[[Sequence[Event]], set[str]]
"""Publishes events; returns the IDs of the accepted ones."""


def publish(sns: "SNSClient", topic: str, events: Sequence[Event]) -> set[str]:
    """Publish the events in as few calls as possible; return the IDs of the events that the topic has accepted."""
    accepted: set[str] = set()
    for batch in batches({event.event_id: event.to_json() for event in events}):
        entries: list[PublishBatchRequestEntryTypeDef] = [
            {"Id": event_id, "Message": message} for event_id, message in batch.items()
        ]
        try:
            response = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
        except (BotoCoreError, ClientError):  # an event that is too large is alone in its batch
            logger.exception("events not published", extra={"ids": list(batch)})
            continue
        accepted |= {entry["Id"] for entry in response["Successful"]}
    return accepted
