"""A due delivery, and the possible outcomes of its message: an Attempt, Postponed or Skipped.

Every outcome has `finished` (the message may leave the queue), `retry_delay()` (if it may not) and the log's `rows()`.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.row import DeliveryRecord, erased_item, timestamp
from integration.deliveries.runtime.queue import LONGEST_DELAY
from integration.subscriptions.runtime.subscription import Subscription
from wire.aws.queue import Record, receive_count
from wire.aws.rows import Item


class DueDelivery(NamedTuple):
    """A delivery whose attempt of this `number` is due; its message was received so many times.

    Once the delivery has been looked up, `number` counts the attempts in the log, and `subscription`, the receiver, is
    as it is now; before, both are as they were queued.
    """

    message_id: str
    delivery: Delivery
    number: int
    subscription: Subscription
    received: int = 1

    @property
    def key(self) -> tuple[str, str]:
        """The owner and the id of the delivery, the key of its row in the log."""
        return self.delivery.subscription.owner, self.delivery.delivery_id

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """Read a message of the queue; raises KeyError, RecursionError, TypeError or ValueError on another shape."""
        delivery = Delivery.from_json(record["body"])
        return cls(record["messageId"], delivery, delivery.tried + 1, delivery.subscription, receive_count(record))


@dataclass(frozen=True, slots=True)
class Postponed:
    """No attempt for so many seconds. `reserved` means that the rate limiter holds a slot for the delivery then."""

    seconds: float
    reserved: bool = False
    finished: ClassVar[bool] = False

    def retry_delay(self) -> int:
        """Return the seconds for which to hide the message if the queue did not accept its replacement."""
        return min(math.ceil(self.seconds), LONGEST_DELAY)

    def rows(self, delivery: Delivery, number: int, retry_delay: int, now: float) -> list[Item]:
        """Return a row for a delivery that the log does not hold yet: it was neither tried nor postponed before."""
        if number > 1 or delivery.put_off:
            return []
        return [DeliveryRecord.of(delivery, "pending", next_at=timestamp(now + self.seconds)).to_item(now)]


class Skipped(NamedTuple):
    """No attempt at all, for this reason."""

    reason: str

    @property
    def finished(self) -> bool:
        """True if the delivery is dropped; otherwise the message belongs in the dead letters."""
        return self in (UNSUBSCRIBED, DISABLED, ERASED)

    def retry_delay(self) -> int:
        """Return 0: no attempt can help, so the message moves to the dead letters at once."""
        return 0

    def rows(self, delivery: Delivery, number: int, retry_delay: int, now: float) -> list[Item]:
        """Return a row for a dropped delivery, none for one that is `dead` already.

        About an erased image the row is the tombstone: a worker that died after it had logged an attempt, and before it
        looked for the erasure, has left a record with the body.
        """
        if self == ERASED:
            return [erased_item(delivery.subscription.owner, delivery.delivery_id, now)]
        if self == EXHAUSTED:
            return []
        return [DeliveryRecord.of(delivery, "dropped", tries=number - 1, reason=self.reason).to_item(now)]


DeliveryOutcome = Attempt | Postponed | Skipped

UNSUBSCRIBED = Skipped("unsubscribed")
DISABLED = Skipped("webhook_disabled")
ERASED = Skipped("erased")
EXHAUSTED = Skipped("exhausted")
MALFORMED = Skipped("malformed")
