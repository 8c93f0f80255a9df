"""The uploads queue in memory: at least one delivery, no order, and the dead letters."""

# ruff: noqa: N803 (arguments are named as botocore names them)

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from infrastructure.queues import MOST_RECEIVES


@dataclass(eq=False)
class Message:
    """A message of the queue; `delay` is its number of seconds before the first delivery."""

    message_id: str
    body: str
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    delay: int = 0
    received: int = 0

    def record(self) -> Any:
        """Receive the message; return it as Lambda's event source does."""
        self.received += 1
        attributes = {
            name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
            for name, value in self.attributes.items()
        }
        return {
            "messageId": self.message_id,
            "receiptHandle": self.message_id,
            "body": self.body,
            "attributes": {"ApproximateReceiveCount": str(self.received)},
            "messageAttributes": attributes,
            "eventSource": "aws:sqs",
        }


@dataclass
class Uploads:
    """The queue. `before` is called before messages are sent; while `refusing`, none is accepted."""

    messages: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    refusing: bool = False
    before: Callable[[str], None] = lambda operation: None
    _numbers: Iterator[int] = field(default_factory=count)

    def add(self, body: str, **more: Any) -> Message:
        """Add a message."""
        self.messages.append(Message(f"message-{next(self._numbers)}", body, **more))
        return self.messages[-1]

    def due(self) -> list[Message]:
        """Return the messages to receive, after all delays; one received too often is dead."""
        spent = [message for message in self.messages if message.received >= MOST_RECEIVES]
        self.dead += spent
        self.messages = [message for message in self.messages if message not in spent]
        return list(self.messages)

    def finish(self, records: Sequence[Mapping[str, Any]], failed: Sequence[str]) -> None:
        """Delete the messages that did not fail, as Lambda does."""
        finished = {record["messageId"] for record in records} - set(failed)
        self.messages = [message for message in self.messages if message.message_id not in finished]

    def send_message_batch(self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        self.before("SendMessageBatch")
        if self.refusing:
            return {"Failed": [{"Id": entry["Id"], "Code": "InternalError"} for entry in Entries]}
        for entry in Entries:
            if QueueUrl.endswith("dead"):
                self.dead.append(Message(entry["Id"], entry["MessageBody"]))
            else:
                self.add(entry["MessageBody"], attributes=entry["MessageAttributes"], delay=entry["DelaySeconds"])
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    def delete_message_batch(self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        gone = {entry["ReceiptHandle"] for entry in Entries}
        self.messages = [message for message in self.messages if message.message_id not in gone]
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    def change_message_visibility_batch(self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}
