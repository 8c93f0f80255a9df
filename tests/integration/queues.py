"""SQS in memory: unordered, at least once; it hides, delays and refuses messages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integration.deliveries.runtime.delivery import Delivery

DEAD = "dead"
"""The URL of the queue of dead letters; messages to any other one are kept in the queue itself."""
HIDDEN = 180
"""Seconds for which a received message is hidden, unless its visibility is changed."""


@dataclass(eq=False)
class Message:
    """A message of a queue, visible from `due` on."""

    body: str
    due: float
    received: int = 0

    @property
    def about(self) -> str:
        """The id of the delivery in it."""
        return Delivery.from_json(self.body).delivery_id

    def record(self) -> dict[str, Any]:
        """Return the message as Lambda passes it to a handler."""
        named = f"m{id(self)}"
        counted = {"ApproximateReceiveCount": str(self.received)}
        return {"messageId": named, "receiptHandle": named, "body": self.body, "attributes": counted}


class Queue:
    """A queue that is unordered, delivers at least once, and hides and delays messages as SQS does."""

    def __init__(self, tries: int, now: Callable[[], float], before: Callable[[str], None]) -> None:
        self.tries, self.now, self.before = tries, now, before
        self.waiting: list[Message] = []
        self.gone: list[Message] = []
        self.dead: list[Message] = []
        self.refusing = 0
        self.refused: list[str] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.before("SendMessageBatch")
        refused, taken = Entries[: self.refusing], Entries[self.refusing :]
        self.refusing = 0
        self.refused += [entry["Id"] for entry in refused]
        sent = [Message(entry["MessageBody"], self.now() + entry.get("DelaySeconds", 0)) for entry in taken]
        (self.dead if QueueUrl == DEAD else self.waiting).extend(sent)
        return {"Successful": taken, "Failed": [entry | {"Code": "InternalError"} for entry in refused]}

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.before("ChangeMessageVisibilityBatch")
        named = {f"m{id(message)}": message for message in self.waiting}
        for entry in Entries:
            if entry["ReceiptHandle"] in named:
                named[entry["ReceiptHandle"]].due = self.now() + entry["VisibilityTimeout"]
        return {}

    def receive(self, picks: list[int] | None = None, stale: bool = False) -> list[Message]:
        """Receive up to ten due messages; if `stale`, some that were deleted before."""
        due = self.gone if stale else [message for message in self.waiting if message.due <= self.now()]
        found = due[:10] if picks is None else list(dict.fromkeys(due[n % len(due)] for n in picks if due))
        self.waiting += [message for message in found if message not in self.waiting]
        self.gone = [message for message in self.gone if message not in found]
        for message in found:
            message.received += 1
            message.due = self.now() + HIDDEN
        worn = [message for message in found if message.received > self.tries]
        self.dead += worn
        self.waiting = [message for message in self.waiting if message not in worn]
        return [message for message in found if message not in worn]

    def done(self, messages: list[Message], failed: set[str]) -> None:
        """Delete the messages that did not fail."""
        done = [message for message in messages if f"m{id(message)}" not in failed]
        self.gone += done
        self.waiting = [message for message in self.waiting if message not in done]
