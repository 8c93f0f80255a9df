"""Publishing events on the results topic."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from domain.event import Event
from wire.aws.queue import batches

if TYPE_CHECKING:
    from types_boto3_sns.client import SNSClient
    from types_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef

Publish = Callable[[Sequence[Event]], set[str]]
"""Publishes events; returns the IDs of the accepted ones."""


def publish(sns: "SNSClient", topic: str, events: Sequence[Event]) -> set[str]:
    """Publish the events in as few calls as possible; return the IDs of the events that the topic has accepted."""
    accepted: set[str] = set()
    for batch in batches({event.event_id: event.to_json() for event in events}):
        entries: list[PublishBatchRequestEntryTypeDef] = [
            {"Id": event_id, "Message": message} for event_id, message in batch.items()
        ]
        response = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
        accepted |= {entry["Id"] for entry in response["Successful"]}
    return accepted
