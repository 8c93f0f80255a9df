"""An Entry of the recognitions table: an Image with what came of it."""

import json
from dataclasses import dataclass
from typing import Any, Self

from domain.event import Event
from domain.image import Image
from domain.options import Options
from domain.recognition import Recognition, Rejection

Outcome = Recognition | Rejection
Item = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One image, its outcome, when that was reached (RFC 3339 UTC), and the options it was sent with."""

    image: Image
    outcome: Outcome
    at: str
    options: Options

    @property
    def status(self) -> str:
        """`recognized` or `rejected`."""
        return "recognized" if isinstance(self.outcome, Recognition) else "rejected"

    def event(self) -> Event:
        """What to announce of it; the same each time it is announced."""
        if isinstance(self.outcome, Recognition):
            return Event.recognized(self.image, self.outcome, self.at)
        return Event.rejected(self.image, self.outcome, self.at)

    def to_item(self) -> Item:
        """The DynamoDB item: strings only, so that no number changes on the way."""
        said = {"image": _flat(self.image), "outcome": self.outcome.to_dict(), "options": _flat(self.options)}
        return {
            "owner": {"S": self.image.owner},
            "image_id": {"S": self.image.image_id},
            "sequencer": {"S": self.image.sequencer},
            "status": {"S": self.status},
            "at": {"S": self.at},
            "said": {"S": json.dumps(said, separators=(",", ":"))},
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read what `to_item` wrote."""
        said = json.loads(item["said"]["S"])
        outcome = Recognition if item["status"]["S"] == "recognized" else Rejection
        return cls(
            image=Image(**said["image"]),
            outcome=outcome.from_dict(said["outcome"]),
            at=item["at"]["S"],
            options=Options(**said["options"]),
        )

    def to_dict(
        self, *, top_k: int | None = None, min_confidence: float | None = None, shapes: bool = True
    ) -> dict[str, Any]:
        """The JSON form callers see; what they ask now goes before what was asked with the image."""
        seen = {
            "image_id": self.image.image_id,
            "name": self.image.name,
            "status": self.status,
            "received_at": self.image.received_at,
            "bytes": self.image.size,
        }
        if isinstance(self.outcome, Rejection):
            return seen | {"rejected_at": self.at, "rejection": self.outcome.to_dict()}
        asked = self.options
        said = self.outcome.to_dict(
            top_k=asked.top_k if top_k is None else top_k,
            min_confidence=asked.min_confidence if min_confidence is None else min_confidence,
            shapes=shapes,
        )
        return seen | {"recognized_at": self.at, "recognition": said}


def _flat(noun: Image | Options) -> dict[str, Any]:
    # dataclasses.asdict copies deeply, which takes longer than the rest of the item.
    return {name: getattr(noun, name) for name in noun.__slots__}
