"""Isolation of messages that may end their function: out of memory, or out of time.

Such a message is received again and again without a try being counted, because the function does not live to count it;
and with it the others of its batch. A receive whose invocation Lambda throttled looks the same. So a message with a few
such receives is handled alone, after the others of its batch are finished and deleted. A row says beforehand that it is
tried, and afterwards is deleted: a message whose row says that three tries never ended is given up.
"""

import time
from collections.abc import Callable, Sequence
from secrets import SystemRandom
from typing import TYPE_CHECKING, NamedTuple

from aws_lambda_powertools import Logger

from wire.aws.queue import Record, receive_count, remove
from wire.aws.retries import RetriedQueue, bury
from wire.aws.rows import Item, delete, put, read, write

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_sqs.client import SQSClient

ALONE_AFTER = 3
"""Receives of a message beyond those for which its function may have counted a try."""
MOST_ENDED = 3
"""Tries of a message alone that never ended."""

_PARTITION = "~message"
"""No owner, and nothing that a list or a search reads, has this key."""

_KEPT_SECONDS = 14 * 86_400
"""No message waits longer in a queue. A table that expires rows then forgets one whose function ended last of all."""

Handle = Callable[[Sequence[Record]], Sequence[Record]]
"""Handles messages, and returns those that must stay in the queue."""

logger = Logger()
_random = SystemRandom()


class BegunTries(NamedTuple):
    """Rows that count the tries of messages which were begun and have not ended, in a table with these two keys."""

    dynamodb: "Callable[[], DynamoDBClient]"
    table: str
    keys: tuple[str, str]

    def begin(self, message_id: str) -> int:
        """Count a try before it begins; return the number of those before that never ended."""
        key = self._key(message_id)
        found = read(self.dynamodb(), {self.table: [key]}, consistent={self.table})[self.table]
        ended = int(found[0]["begun"]["N"]) if found else 0
        counted: Item = {"begun": {"N": str(ended + 1)}, "expires": {"N": str(int(time.time()) + _KEPT_SECONDS)}}
        write(self.dynamodb(), [put(self.table, key | counted)])
        return ended

    def end(self, message_id: str) -> None:
        """Forget the tries of a message, of which one has ended."""
        write(self.dynamodb(), [delete(self.table, self._key(message_id))])

    def _key(self, message_id: str) -> Item:
        return {self.keys[0]: {"S": _PARTITION}, self.keys[1]: {"S": message_id}}


class Isolation(NamedTuple):
    """The way in which a function handles suspects.

    `counted` receives of a message may each be a try that the function has counted. Suspects are begun within
    `seconds`: the function must end in time. `give_up` moves messages to the dead letters, `remove` deletes finished
    ones.
    """

    counted: int
    seconds: float
    begun: BegunTries
    give_up: Handle
    remove: Callable[[Sequence[Record]], None]

    @classmethod
    def of_queue(
        cls, sqs: "Callable[[], SQSClient]", queue: RetriedQueue, begun: BegunTries, seconds: float
    ) -> "Isolation":
        """Return the isolation of a queue whose messages `retry_later` retries: two receives of each are tries."""

        def give_up(records: Sequence[Record]) -> list[Record]:
            moved = bury(sqs(), queue, records)
            return [record for record in records if record not in moved]

        return cls(2, seconds, begun, give_up, lambda records: remove(sqs(), queue.url, records))

    def is_suspect(self, record: Record) -> bool:
        """Return whether a message may have ended its function."""
        return receive_count(record) - self.counted >= ALONE_AFTER

    def handle_apart(self, records: Sequence[Record], handle: Handle) -> list[Record]:
        """Handle the messages of a batch, suspects last and one by one; return those that must stay in the queue.

        What is finished is deleted before a suspect is begun: if that ends the function, Lambda deletes nothing. The
        order of suspects is random, so that one of them does not always keep the others from being begun.
        """
        suspects = [record for record in records if self.is_suspect(record)]
        together = [record for record in records if record not in suspects]
        if not suspects:
            return list(handle(records))
        until = time.monotonic() + self.seconds
        stay = self._handle(together, handle) if together else []
        for suspect in _random.sample(suspects, len(suspects)):
            stay += self._handle_alone(suspect, handle) if time.monotonic() < until else [suspect]
        return stay

    def _handle_alone(self, suspect: Record, handle: Handle) -> list[Record]:
        ended = self.begun.begin(suspect["messageId"])
        facts = {"message_id": suspect["messageId"], "received": receive_count(suspect), "ended": ended}
        hopeless = ended >= MOST_ENDED
        logger.warning("message ends its function" if hopeless else "message handled alone", extra=facts)
        stay = self._handle([suspect], self.give_up if hopeless else handle)
        self.begun.end(suspect["messageId"])
        return stay

    def _handle(self, records: Sequence[Record], handle: Handle) -> list[Record]:
        stay = list(handle(records))
        self.remove([record for record in records if record not in stay])
        return stay
