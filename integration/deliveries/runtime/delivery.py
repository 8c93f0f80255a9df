"""A Delivery: one Event that is due to one Subscription."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypedDict

from domain.event import Event
from domain.ids import digest, is_id
from integration.subscriptions.runtime.circuit_breaker import CircuitBreaker
from integration.subscriptions.runtime.subscription import MOST_ROTATIONS, Subscription

ID_PREFIX = "dlv"
_MOST_BYTES = 20_000
"""The bound that docs/api.md promises to subscribers."""
_SHARED_DIGITS = 20
SHARED_LENGTH = len(f"{ID_PREFIX}_") + _SHARED_DIGITS
"""Characters with which the ids of all deliveries about one image or event begin."""
_ID = re.compile("[0-9A-Za-z_-]{1,80}")
"""A name of an entry in a call of SQS, which refuses the whole call for another one."""
_LONGEST = {"type": 100, "timestamp": 100, "image_id": 100, "body": _MOST_BYTES}
_LONGEST_OF_SUBSCRIPTION = {"owner": 1000, "subscription_id": 100, "url": 2048}
"""Characters. The log's keys contain some of these texts; DynamoDB refuses all rows of a call for one key too long."""
_LARGEST = 10**11
"""The largest number in a message: as seconds since 1970 it is in the year 5138."""


class SubscriptionMessage(TypedDict):
    """A subscription in a message of the queue: the fields that an attempt needs."""

    owner: str
    subscription_id: str
    url: str
    rate_limit: int
    generation: int
    rotations: list[int]
    health: list[int]


_FIELDS = SubscriptionMessage.__annotations__.keys()


class DeliveryError(ValueError):
    """An event whose delivery would be too large, or a message that holds no delivery."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A body and its receiver; `body` is the JSON text that every attempt signs and posts.

    `timestamp` is the time of the event, which is about the image `image_id`, or about none. `subscription` holds
    the fields that an attempt needs, as of `queued_at` in seconds since 1970. `tried` counts the attempts made before
    this message; `put_off` means that an earlier message was postponed and replaced by this one, `reserved` that the
    rate limiter has reserved a slot for it. The field names are those of the message in the queue.
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
        """Return the delivery of an event to a subscription. It has the same id each time.

        Raises ValueError, of which DeliveryError is one, for an event that makes no body.
        """
        payload = {"type": event.type, "timestamp": event.timestamp, "data": event.data}
        body = json.dumps(payload, separators=(",", ":"), allow_nan=False)
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
        """Read a message of the queue; raises KeyError, RecursionError, TypeError or ValueError on another shape."""
        given = json.loads(text)
        delivery = cls(**given | {"subscription": _read_subscription(given["subscription"])})
        _check_texts(delivery, _LONGEST)
        _check_numbers(delivery.queued_at, delivery.tried)
        flags = type(delivery.put_off) is bool is type(delivery.reserved)
        if not flags or not _ID.fullmatch(delivery.delivery_id):
            raise DeliveryError("A delivery has an id, and flags that are true or false.")
        return delivery

    def to_json(self) -> str:
        """Return the message that `from_json` reads."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields | {"subscription": _write_subscription(self.subscription)}, separators=(",", ":"))

    @property
    def log_keys(self) -> dict[str, str]:
        """The ids for a log line. The image's id is the correlation id in every function's log."""
        image = {"correlation_id": self.image_id} if self.image_id else {}
        return image | {"delivery_id": self.delivery_id, "subscription_id": self.subscription.subscription_id}


def shared_prefix(subject: str) -> str:
    """Return the beginning of the ids of all deliveries about one image or event, by which the log keeps them together.

    `subject` is an image id or an event id.
    """
    digits = subject.partition("_")[2] if is_id("img", subject) else digest(subject)
    return f"{ID_PREFIX}_{digits[:_SHARED_DIGITS]}"


def _write_subscription(subscription: Subscription) -> SubscriptionMessage:
    breaker = subscription.circuit_breaker
    return {
        "owner": subscription.owner,
        "subscription_id": subscription.subscription_id,
        "url": subscription.url,
        "rate_limit": subscription.rate_limit,
        "generation": subscription.generation,
        "rotations": list(subscription.rotations),
        "health": [breaker.failing_since, breaker.failures, breaker.failed_at, breaker.rest_until],
    }


def _check_texts(holder: Delivery | Subscription, longest: Mapping[str, int]) -> None:
    """Check these fields; only `image_id` may be empty. Raises ValueError, also for what fits into no UTF-8."""
    for name, most in longest.items():
        text = getattr(holder, name)
        if type(text) is not str or not (text or name == "image_id"):
            raise DeliveryError(f"{name} is a text.")
        if (len(text) if text.isascii() else len(text.encode())) > most:
            raise DeliveryError(f"{name} has at most {most} bytes.")


def _check_numbers(*numbers: object) -> None:
    for number in numbers:
        if type(number) is not int or not 0 <= number <= _LARGEST:
            raise DeliveryError("A delivery holds whole numbers.")


def _read_subscription(given: Mapping[str, Any]) -> Subscription:
    fields = {**given, "rotations": tuple(given["rotations"])}
    if fields.keys() != _FIELDS or len(fields["rotations"]) > MOST_ROTATIONS:
        raise DeliveryError("A subscription has other fields.")
    failing_since, failures, failed_at, rest_until = health = fields.pop("health")
    breaker = CircuitBreaker(failing_since, failures, failed_at, rest_until)
    subscription = Subscription(**fields, circuit_breaker=breaker)
    _check_texts(subscription, _LONGEST_OF_SUBSCRIPTION)
    _check_numbers(subscription.rate_limit, subscription.generation, *health, *subscription.rotations)
    return subscription
