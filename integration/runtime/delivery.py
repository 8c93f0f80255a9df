"""A Delivery: one Event owed to one Subscription."""

import json
from dataclasses import dataclass
from typing import Self

from domain.event import Event
from domain.ids import derived_id
from integration.runtime.subscription import Subscription

_MOST_BYTES = 20_000
"""What subscribers are promised."""


class DeliveryError(ValueError):
    """An event that makes no delivery, or a message that is none."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What to send to whom; `body` is the JSON text that every attempt signs and sends.

    `url` and `generation` are the subscription's as of `queued_at`, in seconds since 1970.
    """

    delivery_id: str
    owner: str
    subscription_id: str
    body: str
    url: str
    generation: int
    queued_at: int

    @classmethod
    def of(cls, event: Event, subscription: Subscription, queued_at: int) -> Self:
        """The same event owed to the same subscription is the same delivery, however often it comes."""
        said = {"type": event.type, "timestamp": event.timestamp, "data": event.data}
        body = json.dumps(said, separators=(",", ":"))
        if len(body) > _MOST_BYTES:
            raise DeliveryError(f"Event {event.event_id} makes a body of {len(body)} bytes.")
        return cls(
            delivery_id=derived_id("dlv", event.event_id, subscription.subscription_id),
            owner=subscription.owner,
            subscription_id=subscription.subscription_id,
            body=body,
            url=subscription.url,
            generation=subscription.generation,
            queued_at=queued_at,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a queue message; raises TypeError or ValueError on another shape."""
        delivery = cls(**json.loads(text))
        if any(type(value) is not kind or not value for value, kind in zip(delivery._values(), _KINDS, strict=True)):
            raise DeliveryError("A delivery holds texts and two numbers, none of them empty.")
        return delivery

    def to_json(self) -> str:
        """The queue message `from_json` reads back."""
        return json.dumps(dict(zip(self.__slots__, self._values(), strict=True)), separators=(",", ":"))

    @property
    def subscription(self) -> Subscription:
        """Whom dispatch owed it to, as far as an attempt needs to know."""
        return Subscription(self.owner, self.subscription_id, self.url, generation=self.generation)

    def _values(self) -> list[str | int]:
        return [getattr(self, name) for name in self.__slots__]


_KINDS = (str, str, str, str, str, int, int)
