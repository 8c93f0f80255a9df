"""SQS in memory: in no order, at least once; it hides, puts off and refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integration.deliveries.runtime.delivery import Delivery

HIDDEN = 180
"""Seconds for which a message is hidden that was received and not spoken of since."""


@dataclass(eq=False)
class Message:
    """Of a queue; seen again from `due` on."""

    body: str
    due: float
    received: int = 0

    @property
    def about(self) -> str:
        """The delivery it holds."""
        return Delivery.from_json(self.body).delivery_id

    def record(self) -> dict[str, Any]:
        """As Lambda hands it over."""
        named = f"m{id(self)}"
        counted = {"ApproximateReceiveCount": str(self.received)}
        return {"messageId": named, "receiptHandle": named, "body": self.body, "attributes": counted}


class Queue:
    """In no order, at least once, hidden and put off as SQS does it."""

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
        self.refused += [each["Id"] for each in refused]
        self.waiting += [Message(each["MessageBody"], self.now() + each.get("DelaySeconds", 0)) for each in taken]
        return {"Successful": taken, "Failed": [each | {"Code": "InternalError"} for each in refused]}

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.before("ChangeMessageVisibilityBatch")
        named = {f"m{id(each)}": each for each in self.waiting}
        for each in Entries:
            if each["ReceiptHandle"] in named:
                named[each["ReceiptHandle"]].due = self.now() + each["VisibilityTimeout"]
        return {}

    def receive(self, picks: list[int] | None = None, stale: bool = False) -> list[Message]:
        """Up to ten that are due, or some that were taken off long ago."""
        due = self.gone if stale else [each for each in self.waiting if each.due <= self.now()]
        found = due[:10] if picks is None else list(dict.fromkeys(due[n % len(due)] for n in picks if due))
        self.waiting += [each for each in found if each not in self.waiting]
        self.gone = [each for each in self.gone if each not in found]
        for each in found:
            each.received += 1
            each.due = self.now() + HIDDEN
        worn = [each for each in found if each.received > self.tries]
        self.dead += worn
        self.waiting = [each for each in self.waiting if each not in worn]
        return [each for each in found if each not in worn]

    def done(self, messages: list[Message], failed: set[str]) -> None:
        """Take off what did not fail."""
        done = [each for each in messages if f"m{id(each)}" not in failed]
        self.gone += done
        self.waiting = [each for each in self.waiting if each not in done]
