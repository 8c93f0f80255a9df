"""A Subscription: a URL to which one owner wants events to be posted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self, TypedDict

from domain.clock import rfc3339
from domain.event import RECOGNIZED, TYPES, Event
from domain.ids import fresh_id
from integration.subscriptions.runtime.circuit_breaker import CircuitBreaker
from wire.aws.rows import Item

EVERY_OWNER = "*"
ID_PREFIX = "sub"
ROTATION_SECONDS = 86_400
"""For this long after a rotation, the previous secret still signs."""
MOST_ROTATIONS = 4
"""At most this many previous secrets sign beside the newest, however often the secret is rotated."""
CIRCUIT_BREAKER_ATTRIBUTES = ("failing_since", "failures", "failed_at", "rest_until")


class Disabled(TypedDict):
    """The reason and the time of the disabling, in the JSON form that callers see."""

    reason: str
    at: str


class Webhook(TypedDict):
    """The JSON form of a subscription that callers see."""

    webhook_id: str
    url: str
    events: list[str]
    labels: list[str]
    min_confidence: float
    description: str
    rate_limit: int | None
    created_at: str
    enabled: bool
    disabled: Disabled | None
    failing_since: str | None
    resting_until: str | None


def new_subscription_id(at: datetime) -> str:
    """Return a new id of a subscription made at this time."""
    return fresh_id(ID_PREFIX, at)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A receiver, the events that it wants, and its state.

    `events` are the event types that its owner chose; without a choice, all types are delivered, also later ones.
    `labels` and `min_confidence` narrow `image.recognized` to images on which one of the labels was detected with at
    least that confidence; without labels any label will do. `rate_limit` is the most attempts a minute, 0 for no limit.
    `generation` counts the secrets so far, `rotations` are the times of the last ones, in seconds since 1970.
    `disabled` is the reason why nothing is posted: `owner`, `gone` or `failing`; empty if it is enabled.
    """

    owner: str
    subscription_id: str
    url: str
    events: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    min_confidence: float = 0.0
    description: str = ""
    rate_limit: int = 0
    generation: int = 1
    rotations: tuple[int, ...] = ()
    created_at: str = ""
    disabled: str = ""
    disabled_at: str = ""
    circuit_breaker: CircuitBreaker = field(default=CircuitBreaker())

    @classmethod
    def default(cls, url: str) -> Self:
        """Return the deployment's own subscription: it receives every owner's events and is in no table."""
        return cls(EVERY_OWNER, "default", url)

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read the row that `to_item` made, with the attributes that the table has added since."""
        return cls(
            owner=item["owner"]["S"],
            subscription_id=item["subscription_id"]["S"],
            url=item["url"]["S"],
            events=tuple(event["S"] for event in item["events"]["L"]),
            labels=tuple(label["S"] for label in item["labels"]["L"]),
            min_confidence=float(item["min_confidence"]["N"]),
            description=item["description"]["S"],
            rate_limit=_number(item, "rate_limit"),
            generation=int(item["generation"]["N"]),
            rotations=tuple(int(at["N"]) for at in item.get("rotations", {"L": []})["L"]),
            created_at=item["created_at"]["S"],
            disabled=item.get("disabled", {"S": ""})["S"],
            disabled_at=item.get("disabled_at", {"S": ""})["S"],
            circuit_breaker=circuit_breaker_of(item),
        )

    def to_item(self) -> Item:
        """Return the row of a new subscription, which has no failures and is enabled."""
        return {
            "owner": {"S": self.owner},
            "subscription_id": {"S": self.subscription_id},
            "created_at": {"S": self.created_at},
            **self.preference_attributes(),
            **self.secret_attributes(),
        }

    def preference_attributes(self) -> Item:
        """Return the attributes that the owner may change at any time."""
        return {
            "url": {"S": self.url},
            "events": {"L": [{"S": event} for event in self.events]},
            "labels": {"L": [{"S": label} for label in self.labels]},
            "min_confidence": {"N": str(self.min_confidence)},
            "description": {"S": self.description},
            "rate_limit": {"N": str(self.rate_limit)},
        }

    def secret_attributes(self) -> Item:
        """Return the attributes from which the secrets are derived."""
        times = [{"N": str(at)} for at in self.rotations]
        return {"generation": {"N": str(self.generation)}, "rotations": {"L": times}}

    @property
    def event_types(self) -> tuple[str, ...]:
        """The event types to deliver: those that the owner chose, or all that exist."""
        return self.events or TYPES

    @property
    def key(self) -> tuple[str, str]:
        """The owner and the id, which identify the subscription."""
        return self.owner, self.subscription_id

    def rotated(self, at: int) -> Self:
        """Return the same subscription with a new secret."""
        recent = tuple(rotation for rotation in self.rotations if at - rotation < ROTATION_SECONDS)
        return replace(self, generation=self.generation + 1, rotations=(*recent, at)[-MOST_ROTATIONS:])

    def to_dict(self, now: float) -> Webhook:
        """Return the JSON form that callers see, without the secret; a rest that is over at `now` is not shown."""
        resumes_at = self.circuit_breaker.resumes_at
        return {
            "webhook_id": self.subscription_id,
            "url": self.url,
            "events": list(self.event_types),
            "labels": list(self.labels),
            "min_confidence": self.min_confidence,
            "description": self.description,
            "rate_limit": self.rate_limit or None,
            "created_at": self.created_at,
            "enabled": not self.disabled,
            "disabled": {"reason": self.disabled, "at": self.disabled_at} if self.disabled else None,
            "failing_since": _time(self.circuit_breaker.failing_since),
            "resting_until": _time(resumes_at) if resumes_at > now else None,
        }

    def generations(self, now: float) -> list[int]:
        """Return the generations of the secrets that sign now, the newest first."""
        recent = [at for at in self.rotations if now - at < ROTATION_SECONDS]
        return [self.generation - n for n in range(len(recent) + 1)]

    def wants(self, event: Event) -> bool:
        """Return True if the event should be posted; raises AttributeError, KeyError or TypeError on another shape."""
        if event.type not in self.event_types:
            return False
        return event.type != RECOGNIZED or self._matches(event.data["recognition"]["detections"])

    def _matches(self, detections: Iterable[Mapping[str, Any]]) -> bool:
        if not self.labels and not self.min_confidence:
            return True
        labels = {label.casefold() for label in self.labels}
        detected = [
            detection["label"].casefold() for detection in detections if detection["confidence"] >= self.min_confidence
        ]
        return bool(labels.intersection(detected) if labels else detected)


def circuit_breaker_of(item: Item) -> CircuitBreaker:
    """Read the circuit breaker from a subscription's row."""
    return CircuitBreaker(*(_number(item, name) for name in CIRCUIT_BREAKER_ATTRIBUTES))


def _time(seconds: int) -> str | None:
    """Return seconds since 1970 as RFC 3339; None for 0."""
    return rfc3339(datetime.fromtimestamp(seconds, UTC)) if seconds else None


def _number(item: Item, name: str) -> int:
    return int(item.get(name, {"N": "0"})["N"])
