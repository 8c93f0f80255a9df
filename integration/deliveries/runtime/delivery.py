"""A Delivery: one Event owed to one Subscription."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from domain.event import Event
from domain.ids import digest
from integration.subscriptions.runtime.circuit_breaker import Health
from integration.subscriptions.runtime.subscription import Subscription

ID_PREFIX = "dlv"
_MOST_BYTES = 20_000
"""What subscribers are promised."""
_SHARED_DIGITS = 20


class DeliveryError(ValueError):
    """An event that makes no delivery, or a message that is none."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What to send to whom; `body` is the JSON text that every attempt signs and sends.

    `timestamp` is when what it tells of happened, to the image `image_id` if to any. `subscription` is whom to tell
    as far as an attempt needs to know, as of `queued_at` in seconds since 1970. `tried` counts the attempts made
    before this message; `put_off` says that it was queued anew without one, `reserved` that its turn has come.
    """

    delivery_id: str
    type: str
    timestamp: str
    image_id: str
    body: str
    subscription: Subscription
    queued_at: int
    tried: int = 0
    put_off: bool = False
    reserved: bool = False

    @classmethod
    def of(cls, event: Event, subscription: Subscription, queued_at: int) -> Self:
        """The same event owed to the same subscription is the same delivery, however often it comes."""
        said = {"type": event.type, "timestamp": event.timestamp, "data": event.data}
        body = json.dumps(said, separators=(",", ":"))
        if len(body) > _MOST_BYTES:
            raise DeliveryError(f"Event {event.event_id} makes a body of {len(body)} bytes.")
        image_id = str(event.data.get("image_id", ""))
        return cls(
            delivery_id=shared_prefix(image_id or event.event_id)
            + digest(event.event_id, subscription.subscription_id)[: 32 - _SHARED_DIGITS],
            type=event.type,
            timestamp=event.timestamp,
            image_id=image_id,
            body=body,
            subscription=subscription,
            queued_at=queued_at,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a queue message; raises KeyError, TypeError or ValueError on another shape."""
        given = json.loads(text)
        delivery = cls(**given | {"subscription": _subscription(given["subscription"])})
        texts = (delivery.delivery_id, delivery.type, delivery.timestamp, delivery.body)
        numbers = (delivery.queued_at, delivery.tried)
        if not all(isinstance(each, str) and each for each in texts) or any(type(each) is not int for each in numbers):
            raise DeliveryError("A delivery holds texts and whole numbers.")
        return delivery

    def to_json(self) -> str:
        """The queue message `from_json` reads back."""
        said = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(said | {"subscription": _told(self.subscription)}, separators=(",", ":"))

    @property
    def log_keys(self) -> dict[str, Any]:
        """By which ids a line of a log knows it; its image's leads through every function's log."""
        image = {"correlation_id": self.image_id} if self.image_id else {}
        return image | {"delivery_id": self.delivery_id, "subscription_id": self.subscription_id}

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.subscription.owner

    @property
    def subscription_id(self) -> str:
        """To which subscription it is owed."""
        return self.subscription.subscription_id


def shared_prefix(subject: str) -> str:
    """How the ids of all deliveries begin that tell of one image, or else of one event: so they lie together."""
    digits = subject.partition("_")[2] if subject.startswith("img_") else digest(subject)
    return f"{ID_PREFIX}_{digits[:_SHARED_DIGITS]}"


def _told(subscription: Subscription) -> dict[str, Any]:
    health = subscription.health
    return {
        "owner": subscription.owner,
        "subscription_id": subscription.subscription_id,
        "url": subscription.url,
        "rate_limit": subscription.rate_limit,
        "generation": subscription.generation,
        "rotations": subscription.rotations,
        "health": [health.failing_since, health.failures, health.failed_at, health.rest_until],
    }


def _subscription(given: Mapping[str, Any]) -> Subscription:
    since, failures, failed_at, rest_until = health = given["health"]
    known = Health(since, failures, failed_at, rest_until)
    told = Subscription(**{**given, "rotations": tuple(given["rotations"]), "health": known})
    texts, numbers = (told.owner, told.subscription_id, told.url), (told.rate_limit, told.generation, *health)
    if not all(isinstance(each, str) and each for each in texts) or any(type(each) is not int for each in numbers):
        raise DeliveryError("A subscription holds texts and whole numbers.")
    return told
