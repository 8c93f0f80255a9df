"""Announcing events on the results topic."""

from collections.abc import Sequence
from typing import Any

from domain.event import Event
from wire.aws.queue import batches


def announce(sns: Any, topic: str, events: Sequence[Event]) -> set[str]:
    """Publish the events in as few calls as may be; answers the ids of those the topic took."""
    taken: set[str] = set()
    for batch in batches({event.event_id: event.to_json() for event in events}):
        entries = [{"Id": event_id, "Message": message} for event_id, message in batch.items()]
        answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
        taken |= {each["Id"] for each in answer["Successful"]}
    return taken
