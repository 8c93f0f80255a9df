"""A Delivery: one Event owed to one Subscription."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from domain.event import Event, derived_id
from integration.runtime.subscription import Subscription

_MOST_BYTES = 20_000
"""What subscribers are promised."""


class DeliveryError(ValueError):
    """An event that makes no delivery, or a message that is none."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What to send to whom; `body` is the JSON text that every attempt signs and sends."""

    delivery_id: str
    owner: str
    subscription_id: str
    body: str

    @classmethod
    def of(cls, event: Event, subscription: Subscription) -> Self:
        """The same event owed to the same subscription is the same delivery, however often it comes."""
        said = {"type": event.type, "timestamp": event.timestamp, "data": event.data}
        body = json.dumps(said, separators=(",", ":"))
        if len(body) > _MOST_BYTES:
            raise DeliveryError(f"Event {event.event_id} makes a body of {len(body)} bytes.")
        delivery_id = derived_id("dlv", event.event_id, subscription.subscription_id)
        return cls(delivery_id, subscription.owner, subscription.subscription_id, body)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a queue message; raises TypeError or ValueError on another shape."""
        delivery = cls(**json.loads(text))
        if not all(isinstance(each, str) and each for each in asdict(delivery).values()):
            raise DeliveryError("A delivery holds texts, none of them empty.")
        return delivery

    def to_json(self) -> str:
        """The queue message `from_json` reads back."""
        return json.dumps(asdict(self), separators=(",", ":"))
