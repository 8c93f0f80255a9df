"""The uploads queue in memory: at least once, in no order, and after five receives to the dead letters."""

# ruff: noqa: N803 (arguments are named as botocore names them)

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from wire.aws.retry_policy import UPLOADS


@dataclass(eq=False)
class Message:
    """What lies in the queue; `delay` is how long it was to wait there."""

    message_id: str
    body: str
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    delay: int = 0
    received: int = 0

    def record(self) -> dict[str, Any]:
        """It is received, as Lambda hands it over."""
        self.received += 1
        told = {
            name: {"stringValue": each["StringValue"], "dataType": each["DataType"]}
            for name, each in self.attributes.items()
        }
        return {
            "messageId": self.message_id,
            "receiptHandle": self.message_id,
            "body": self.body,
            "attributes": {"ApproximateReceiveCount": str(self.received)},
            "messageAttributes": told,
            "eventSource": "aws:sqs",
        }


@dataclass
class Uploads:
    """`before` is called before each message is sent anew; `refusing` says that none is taken."""

    messages: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    refusing: bool = False
    before: Callable[[str], None] = lambda operation: None
    _numbers: Iterator[int] = field(default_factory=count)

    def add(self, body: str, **more: Any) -> Message:
        """A message of its own."""
        self.messages.append(Message(f"message-{next(self._numbers)}", body, **more))
        return self.messages[-1]

    def due(self) -> list[Message]:
        """What may be received, all pauses over; what was received as often as may be is dead."""
        spent = [each for each in self.messages if each.received >= UPLOADS.tries]
        self.dead += spent
        self.messages = [each for each in self.messages if each not in spent]
        return list(self.messages)

    def finish(self, records: Sequence[Mapping[str, Any]], failed: Sequence[str]) -> None:
        """Lambda takes out what did not fail."""
        gone = {each["messageId"] for each in records} - set(failed)
        self.messages = [each for each in self.messages if each.message_id not in gone]

    def send_message_batch(self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        self.before("SendMessageBatch")
        if self.refusing:
            return {"Failed": [{"Id": each["Id"], "Code": "InternalError"} for each in Entries]}
        for each in Entries:
            self.add(each["MessageBody"], attributes=each["MessageAttributes"], delay=each["DelaySeconds"])
        return {"Successful": [{"Id": each["Id"]} for each in Entries]}

    def change_message_visibility_batch(self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {"Successful": [{"Id": each["Id"]} for each in Entries]}
