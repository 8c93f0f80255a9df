"""What a message of the deliveries queue comes to: an attempt that is due, one that has to wait, or none at all."""

from dataclasses import dataclass

from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.response import Answer
from integration.subscriptions.runtime.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery whose attempt of this `number` is due, and to whom."""

    message_id: str
    delivery: Delivery
    number: int
    subscription: Subscription


@dataclass(frozen=True, slots=True)
class PutOff:
    """Not to be tried for so many seconds; `reserved` says that by then its turn under the rate limit has come."""

    seconds: float
    reserved: bool = False


Outcome = Attempt | PutOff | Answer
"""An Answer alone is one that no attempt was needed for."""
