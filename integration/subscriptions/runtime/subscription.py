"""A Subscription: one owner's wish to be told of events at a URL."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from domain.clock import rfc3339
from domain.event import TYPES, Event
from domain.ids import fresh_id
from integration.subscriptions.runtime.circuit_breaker import Health
from wire.aws.rows import Item

EVERY_OWNER = "*"
ID_PREFIX = "sub"
ROTATION_SECONDS = 86_400
"""How long a secret signs on after its successor is made."""
MOST_ROTATIONS = 4
"""So many secrets sign beside the newest at most, however often it is rotated."""
HEALTH = ("failing_since", "failures", "failed_at", "rest_until")


def new_subscription_id(at: datetime) -> str:
    """The id of a subscription made now."""
    return fresh_id(ID_PREFIX, at)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whom to tell of what.

    `labels` and `min_confidence` narrow `image.recognized` to images on which one of the labels was seen with at
    least that confidence; without labels any will do. `rate_limit` is the most attempts a minute, 0 for any number.
    `generation` counts the secrets it has had, `rotations` is when the last ones came, in seconds since 1970.
    `disabled` says why it is told nothing: `owner`, `gone` or `failing`.
    """

    owner: str
    subscription_id: str
    url: str
    events: tuple[str, ...] = TYPES
    labels: tuple[str, ...] = ()
    min_confidence: float = 0.0
    description: str = ""
    rate_limit: int = 0
    generation: int = 1
    rotations: tuple[int, ...] = ()
    created_at: str = ""
    disabled: str = ""
    disabled_at: str = ""
    health: Health = field(default=Health())

    @classmethod
    def default(cls, url: str) -> Self:
        """The deployment's own endpoint: told of every owner's events, kept in no table."""
        return cls(EVERY_OWNER, "default", url)

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read what `to_item` wrote, and what the table has added to it since."""
        return cls(
            owner=item["owner"]["S"],
            subscription_id=item["subscription_id"]["S"],
            url=item["url"]["S"],
            events=tuple(each["S"] for each in item["events"]["L"]),
            labels=tuple(each["S"] for each in item["labels"]["L"]),
            min_confidence=float(item["min_confidence"]["N"]),
            description=item["description"]["S"],
            rate_limit=_number(item, "rate_limit"),
            generation=int(item["generation"]["N"]),
            rotations=tuple(int(each["N"]) for each in item.get("rotations", {"L": []})["L"]),
            created_at=item["created_at"]["S"],
            disabled=item.get("disabled", {"S": ""})["S"],
            disabled_at=item.get("disabled_at", {"S": ""})["S"],
            health=health_of(item),
        )

    def to_item(self) -> Item:
        """The DynamoDB item of a new one, which is well and enabled."""
        return {
            "owner": {"S": self.owner},
            "subscription_id": {"S": self.subscription_id},
            "created_at": {"S": self.created_at},
        } | (self.wishes() | self.secrets())

    def wishes(self) -> Item:
        """What its owner may change at any time."""
        return {
            "url": {"S": self.url},
            "events": {"L": [{"S": each} for each in self.events]},
            "labels": {"L": [{"S": each} for each in self.labels]},
            "min_confidence": {"N": str(self.min_confidence)},
            "description": {"S": self.description},
            "rate_limit": {"N": str(self.rate_limit)},
        }

    def secrets(self) -> Item:
        """What its secrets derive from."""
        times = [{"N": str(at)} for at in self.rotations]
        return {"generation": {"N": str(self.generation)}, "rotations": {"L": times}}

    def rotated(self, at: int) -> Self:
        """The same with a new secret."""
        recent = tuple(each for each in self.rotations if at - each < ROTATION_SECONDS)
        return replace(self, generation=self.generation + 1, rotations=(*recent, at)[-MOST_ROTATIONS:])

    def to_dict(self) -> dict[str, Any]:
        """The JSON form callers see; never the secret."""
        since = self.health.failing_since
        return {
            "webhook_id": self.subscription_id,
            "url": self.url,
            "events": list(self.events),
            "labels": list(self.labels),
            "min_confidence": self.min_confidence,
            "description": self.description,
            "rate_limit": self.rate_limit or None,
            "created_at": self.created_at,
            "enabled": not self.disabled,
            "disabled": {"reason": self.disabled, "at": self.disabled_at} if self.disabled else None,
            "failing_since": rfc3339(datetime.fromtimestamp(since, UTC)) if since else None,
        }

    def generations(self, now: float) -> list[int]:
        """The secrets that sign now, the newest first."""
        recent = [at for at in self.rotations if now - at < ROTATION_SECONDS]
        return [self.generation - n for n in range(len(recent) + 1)]

    def wants(self, event: Event) -> bool:
        """Whether to tell of this event; raises KeyError or TypeError on an event of another shape."""
        if event.type not in self.events:
            return False
        return event.type != "image.recognized" or self._sees(event.data["recognition"]["detections"])

    def _sees(self, detections: list[dict[str, Any]]) -> bool:
        if not self.labels and not self.min_confidence:
            return True
        labels = {label.casefold() for label in self.labels}
        sure = [each["label"].casefold() for each in detections if each["confidence"] >= self.min_confidence]
        return bool(labels.intersection(sure) if labels else sure)


def health_of(item: Item) -> Health:
    """How a subscription's row says it is doing."""
    return Health(*(_number(item, name) for name in HEALTH))


def _number(item: Item, name: str) -> int:
    return int(item.get(name, {"N": "0"})["N"])
