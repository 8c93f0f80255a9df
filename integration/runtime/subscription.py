"""A Subscription: one owner's wish to be told of events at a URL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from domain.event import TYPES, Event
from domain.ids import fresh_id

Item = dict[str, dict[str, Any]]

EVERY_OWNER = "*"
ID_PREFIX = "sub"


def new_subscription_id(at: datetime) -> str:
    """The id of a subscription made now."""
    return fresh_id(ID_PREFIX, at)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whom to tell of what.

    `labels` and `min_confidence` narrow `image.recognized` to images on which one of the labels was seen with at
    least that confidence; without labels any will do. `generation` counts the secrets it has had.
    """

    owner: str
    subscription_id: str
    url: str
    events: tuple[str, ...] = TYPES
    labels: tuple[str, ...] = ()
    min_confidence: float = 0.0
    description: str = ""
    generation: int = 1
    created_at: str = ""

    @classmethod
    def default(cls, url: str) -> Self:
        """The deployment's own endpoint: told of every owner's events, kept in no table."""
        return cls(EVERY_OWNER, "default", url)

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read what `to_item` wrote."""
        return cls(
            owner=item["owner"]["S"],
            subscription_id=item["subscription_id"]["S"],
            url=item["url"]["S"],
            events=tuple(each["S"] for each in item["events"]["L"]),
            labels=tuple(each["S"] for each in item["labels"]["L"]),
            min_confidence=float(item["min_confidence"]["N"]),
            description=item["description"]["S"],
            generation=int(item["generation"]["N"]),
            created_at=item["created_at"]["S"],
        )

    def to_item(self) -> Item:
        """The DynamoDB item."""
        return {
            "owner": {"S": self.owner},
            "subscription_id": {"S": self.subscription_id},
            "url": {"S": self.url},
            "events": {"L": [{"S": each} for each in self.events]},
            "labels": {"L": [{"S": each} for each in self.labels]},
            "min_confidence": {"N": str(self.min_confidence)},
            "description": {"S": self.description},
            "generation": {"N": str(self.generation)},
            "created_at": {"S": self.created_at},
        }

    def to_dict(self) -> dict[str, Any]:
        """The JSON form callers see; never the secret."""
        return {
            "webhook_id": self.subscription_id,
            "url": self.url,
            "events": list(self.events),
            "labels": list(self.labels),
            "min_confidence": self.min_confidence,
            "description": self.description,
            "created_at": self.created_at,
        }

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
