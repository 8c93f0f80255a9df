"""The log's rows about a Delivery: a row for its state, and a row for each attempt.

A delivery that is accepted at once is one row: it holds its only attempt too (`only`), and is in one index, as only
rows of another status than `delivered` have `webhook_status`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Self, TypedDict, Unpack

from domain.clock import rfc3339
from integration.deliveries.runtime.delivery import SHARED_LENGTH, Delivery
from integration.deliveries.runtime.log.body import body_of, stored_body
from integration.subscriptions.runtime.subscription import Subscription
from wire.aws.rows import Item
from wire.aws.shards import partition

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

STATUSES = ("pending", "delivered", "dead", "dropped")
LONG_AGO = 0
"""A queueing time that makes deliver look the subscription up: a worker's memory may be older than a change."""
KEPT_SECONDS = 30 * 86_400


class AttemptFields(TypedDict):
    """The JSON form of an attempt that callers see, without the body of the response."""

    attempt: int
    at: str
    ms: int
    status: int | None
    error: str | None


class LoggedAttempt(AttemptFields):
    """An attempt in the log: with the beginning of the response's body, and the time of the next attempt."""

    response: str | None
    next_attempt_at: str | None


class Progress(TypedDict, total=False):
    """The fields of a DeliveryRecord that attempts change."""

    tries: int
    last: AttemptFields
    next_at: str | None
    reason: str | None


class DeliveryFields(TypedDict):
    """The JSON form of a delivery that callers see in lists."""

    delivery_id: str
    webhook_id: str
    image_id: str | None
    type: str
    timestamp: str
    status: str
    reason: str | None
    tries: int
    last_attempt: AttemptFields | None
    next_attempt_at: str | None


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """The state of a Delivery: `pending`, `delivered`, `dead` (given up) or `dropped` (for a `reason`).

    `tries` counts its attempts, `last` is the last one, `next_at` (RFC 3339) the time of the next one. `only` is what
    `last` lacks of the only attempt, if that has no row of its own: the end of the row's key, and the response.
    """

    delivery_id: str
    owner: str
    subscription_id: str
    image_id: str
    type: str
    timestamp: str
    status: str
    tries: int = 0
    last: AttemptFields | None = None
    next_at: str | None = None
    reason: str | None = None
    updated_at: str = ""
    body: str = ""
    only: str = ""
    attempts: tuple[LoggedAttempt, ...] = ()

    @classmethod
    def of(cls, delivery: Delivery, status: str, **progress: Unpack[Progress]) -> Self:
        """Return the record of this delivery."""
        return cls(
            delivery_id=delivery.delivery_id,
            owner=delivery.subscription.owner,
            subscription_id=delivery.subscription.subscription_id,
            image_id=delivery.image_id,
            type=delivery.type,
            timestamp=delivery.timestamp,
            status=status,
            body=delivery.body,
            **progress,
        )

    @classmethod
    def from_item(cls, item: Item, attempts: Sequence[LoggedAttempt] = ()) -> Self:
        """Read the row that `to_item` made, or the part of it that an index holds."""
        return cls(
            delivery_id=item["delivery"]["S"],
            owner=item["about"]["S"].rpartition("/")[0],
            body=body_of(item),
            only=item.get("only", {"S": ""})["S"],
            attempts=tuple(attempts),
            **{"image_id": ""} | json.loads(item["said"]["S"]),
        )

    def to_item(self, now: float) -> Item:
        """Return the row, which the indexes list by subscription and by status, in the order of the events' times.

        Fields that have their default are left out.
        """
        fields = {name: value for name in _STORED if (value := getattr(self, name))} | {"updated_at": timestamp(now)}
        webhook = partition(f"{self.owner}/{self.subscription_id}", self.delivery_id)
        row: Item = {
            **stored_body(self.body),
            **row_key(self.owner, self.delivery_id),
            "webhook": {"S": webhook},
            "at": {"S": self.place},
            "said": {"S": json.dumps(fields, separators=(",", ":"))},
            "expires": expires(now),
        }
        if self.status != "delivered":
            row["webhook_status"] = {"S": f"{webhook}/{self.status}"}
        if self.only:
            row["only"] = {"S": self.only}
        return row

    @property
    def place(self) -> str:
        """The place in lists: the time of the event, and the delivery's id."""
        return f"{self.timestamp}/{self.delivery_id}"

    def only_attempt(self) -> Item | None:
        """Return the row that the only attempt would have, without `expires`; None if it has one, or there is none."""
        if not (self.only and self.last):
            return None
        moment, _, response = self.only.partition("/")
        fields: LoggedAttempt = {**self.last, "response": response or None, "next_attempt_at": None}
        return attempt_item(self.owner, f"{self.delivery_id}/{moment}", fields)

    def delivery(self, subscription: Subscription) -> Delivery:
        """Return the delivery for a replay to its subscription, which deliver looks up again."""
        return Delivery(
            self.delivery_id,
            self.type,
            self.timestamp,
            self.image_id,
            self.body,
            subscription,
            queued_at=LONG_AGO,
            put_off=True,
        )

    def not_before(self, earliest: float) -> Self:
        """Return the record with a next attempt that is not before this time, in seconds since 1970.

        A postponed delivery is not logged each time, so that the logged time may be over.
        """
        if self.status != "pending" or not self.next_at:
            return self
        next_at = max(self.next_at, timestamp(earliest))
        last: list[LoggedAttempt] = [{**attempt, "next_attempt_at": next_at} for attempt in self.attempts[-1:]]
        return replace(self, next_at=next_at, attempts=(*self.attempts[:-1], *last))

    def to_dict(self) -> DeliveryFields:
        """Return the JSON form that callers see in lists."""
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


_STORED = ("subscription_id", "image_id", "type", "timestamp", "status", "tries", "last", "next_at", "reason")


def row_key(owner: str, name: str) -> Item:
    """Return the key of a row, whose name begins with the id of a delivery, or as those about one image or event do."""
    return {"about": {"S": f"{owner}/{name[:SHARED_LENGTH]}"}, "delivery": {"S": name}}


def attempt_item(owner: str, key: str, fields: LoggedAttempt) -> Item:
    """Return the row of an attempt, but for the time at which it expires."""
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    return row_key(owner, key) | {"said": {"S": text}}


def erased_item(owner: str, delivery_id: str, now: float) -> Item:
    """Return the row that remains of a delivery whose image was erased; it keeps the delivery from being posted."""
    return row_key(owner, delivery_id) | {"erased": {"BOOL": True}, "expires": expires(now)}


@lru_cache(100)
def timestamp(at: float) -> str:
    """Return seconds since 1970 as the RFC 3339 text that callers see."""
    return rfc3339(datetime.fromtimestamp(at, UTC))


def expires(now: float) -> "AttributeValueTypeDef":
    """Return the attribute after whose time DynamoDB may delete a row."""
    return {"N": str(int(now) + KEPT_SECONDS)}
