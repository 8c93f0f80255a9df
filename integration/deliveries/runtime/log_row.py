"""What the log holds of a Delivery: a row of how it stands, and a row for each attempt."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Self

from domain.clock import rfc3339
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.subscription import Subscription
from wire.aws.rows import Item

STATUSES = ("pending", "delivered", "dead", "dropped")
LONG_AGO = 0
"""Has deliver look its subscription up: a worker may remember it as it was before what its owner has just done."""
KEPT_SECONDS = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Logged:
    """How a Delivery stands: `pending`, `delivered`, `dead` (given up) or `dropped` (owed no longer, for a `reason`).

    `tries` counts its attempts, `last` is the last one, `next_at` (RFC 3339) when the next is due.
    """

    delivery_id: str
    owner: str
    subscription_id: str
    image_id: str
    type: str
    timestamp: str
    status: str
    tries: int = 0
    last: Mapping[str, Any] | None = None
    next_at: str | None = None
    reason: str | None = None
    updated_at: str = ""
    body: str = ""
    attempts: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, delivery: Delivery, status: str, **more: Any) -> Self:
        """How this delivery stands now."""
        return cls(
            delivery_id=delivery.delivery_id,
            owner=delivery.owner,
            subscription_id=delivery.subscription_id,
            image_id=delivery.image_id,
            type=delivery.type,
            timestamp=delivery.timestamp,
            status=status,
            body=delivery.body,
            **more,
        )

    @classmethod
    def from_item(cls, item: Item, attempts: tuple[Mapping[str, Any], ...] = ()) -> Self:
        """Read what `to_item` wrote, or as much of it as an index holds."""
        return cls(
            delivery_id=item["delivery"]["S"],
            owner=item["owner"]["S"],
            body=item.get("body", {"S": ""})["S"],
            attempts=attempts,
            **json.loads(item["said"]["S"]),
        )

    def to_item(self, now: float) -> Item:
        """The DynamoDB item, found by its subscription and by its status too."""
        said = {name: getattr(self, name) for name in _SAID} | {"updated_at": written(now)}
        whose = f"{self.owner}/{self.subscription_id}"
        return {
            "owner": {"S": self.owner},
            "delivery": {"S": self.delivery_id},
            "webhook": {"S": whose},
            "webhook_status": {"S": f"{whose}/{self.status}"},
            "at": {"S": place(self.timestamp, self.delivery_id)},
            "said": {"S": json.dumps(said, separators=(",", ":"))},
            "body": {"S": self.body},
            "expires": expires(now),
        }

    def delivery(self, subscription: Subscription) -> Delivery:
        """The same once more, to its subscription as it stands when it is delivered."""
        of = (self.delivery_id, self.type, self.timestamp, self.image_id, self.body)
        return Delivery(*of, subscription, queued_at=LONG_AGO, put_off=True)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form callers see in lists."""
        return {
            "delivery_id": self.delivery_id,
            "webhook_id": self.subscription_id,
            "image_id": self.image_id or None,
            "type": self.type,
            "timestamp": self.timestamp,
            "status": self.status,
            "reason": self.reason,
            "tries": self.tries,
            "last_attempt": self.last,
            "next_attempt_at": self.next_at,
        }


_SAID = ("subscription_id", "image_id", "type", "timestamp", "status", "tries", "last", "next_at", "reason")


def attempt_item(delivery: Delivery, attempt: Attempt, next_at: str | None, now: float) -> Item:
    """The row of one attempt, which stays whatever comes after it."""
    said = attempt.to_dict() | {"response": attempt.answer.said or None, "next_attempt_at": next_at}
    return {
        "owner": {"S": delivery.owner},
        "delivery": {"S": f"{delivery.delivery_id}/{attempt.at:017.6f}"},
        "said": {"S": json.dumps(said, separators=(",", ":"), ensure_ascii=False)},
        "expires": expires(now),
    }


def erased_item(owner: str, delivery_id: str, now: float) -> Item:
    """What stays of a delivery whose image was erased: that it is to be sent no more."""
    return {"owner": {"S": owner}, "delivery": {"S": delivery_id}, "erased": {"BOOL": True}, "expires": expires(now)}


def place(timestamp: str, delivery_id: str) -> str:
    """Where a delivery lies among its subscription's: by the time of what it tells."""
    return f"{timestamp}/{delivery_id}"


@lru_cache(100)
def written(at: float) -> str:
    """Seconds since 1970 as callers see them."""
    return rfc3339(datetime.fromtimestamp(at, UTC))


def expires(now: float) -> dict[str, str]:
    """When DynamoDB may remove a row."""
    return {"N": str(int(now) + KEPT_SECONDS)}
