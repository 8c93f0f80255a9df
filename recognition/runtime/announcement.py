"""Announcing events on the results topic."""

from collections.abc import Iterator, Sequence
from typing import Any

from domain.event import Event

_MOST_ENTRIES = 10
_MOST_BYTES = 250_000
"""SNS takes ten messages and 256 KiB a call: https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html"""


def announce(sns: Any, topic: str, events: Sequence[Event]) -> set[str]:
    """Publish the events in as few calls as may be; answers the ids of those the topic took."""
    taken: set[str] = set()
    for batch in _batches([(event.event_id, event.to_json()) for event in events]):
        entries = [{"Id": event_id, "Message": message} for event_id, message in batch]
        answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
        taken |= {each["Id"] for each in answer["Successful"]}
    return taken


def _batches(messages: Sequence[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    size = 0
    for event_id, message in dict(messages).items():
        length = len(message.encode())
        if batch and (len(batch) == _MOST_ENTRIES or size + length > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((event_id, message))
        size += length
    if batch:
        yield batch
