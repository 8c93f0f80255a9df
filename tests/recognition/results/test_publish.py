"""Events are published in batches; a batch that the topic refuses costs no other one."""

from typing import Any

from botocore.exceptions import ClientError

from domain.event import Event
from recognition.results.runtime.publish import publish


class Topic:
    """A client of SNS that refuses a batch of more than 256 KiB."""

    def publish_batch(self, TopicArn: str, PublishBatchRequestEntries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        if sum(len(entry["Message"]) for entry in PublishBatchRequestEntries) > 256 * 1024:
            raise ClientError({"Error": {"Code": "BatchRequestTooLong"}}, "PublishBatch")
        return {"Successful": PublishBatchRequestEntries}


def test_an_event_that_is_too_large_costs_no_other_one() -> None:
    topic: Any = Topic()
    events = [
        Event(f"evt_{n}", "image.recognized", "", "ann", {"text": "x" * size}) for n, size in enumerate((9, 300_000, 9))
    ]
    assert publish(topic, "topic", events) == {"evt_0", "evt_2"}
