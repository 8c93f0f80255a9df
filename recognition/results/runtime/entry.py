"""An Entry of the recognitions table: an Image with what came of it."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from domain.event import Event
from domain.image import SEQUENCER_DIGITS, Image
from domain.options import Options
from domain.recognition import Outcome, Recognition, Rejection
from wire.aws.rows import Item

Key = tuple[str, str]
"""Owner and image id."""

ERASED = "~"
"""The order of what an erased image leaves for a while, so that nothing still queued brings it back."""

_SELDOM = ("request", "reused_from")
_MOST_TEXT = 700
"""Of a row that finds an image: with its keys that stays under a kilobyte, beyond which DynamoDB asks double."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One image, its outcome, when that was reached (RFC 3339 UTC), and the options it was sent with.

    `tries` says how often its message had been tried by then. `request` is the id of the wish to recognise it again
    that this answers, empty for an arrival. `reused_from` is the image of the same bytes whose answer this is.
    `earlier` counts the answers before this one, `corrections` are what people said of the image since.
    """

    image: Image
    outcome: Outcome
    at: str
    options: Options
    tries: int = 1
    request: str = ""
    reused_from: str = ""
    earlier: int = 0
    corrections: tuple[Mapping[str, Any], ...] = ()

    @property
    def key(self) -> Key:
        """What its row is found by."""
        return self.image.owner, self.image.image_id

    @property
    def order(self) -> str:
        """Which answer of an image is the newer: by the object's version, then by who asked again last."""
        return self.image.sequencer + self.request

    @property
    def status(self) -> str:
        """`recognized` or `rejected`."""
        return "recognized" if isinstance(self.outcome, Recognition) else "rejected"

    def event(self) -> Event:
        """What to announce of it; the same each time it is announced."""
        if isinstance(self.outcome, Recognition):
            return Event.recognized(self.image, self.outcome, self.at, self.request)
        return Event.rejected(self.image, self.outcome, self.at, self.request)

    def to_item(self, *, shapes: bool = True) -> Item:
        """The DynamoDB item: strings, so that no number changes on the way; without `shapes` for rows that find it.

        What goes without saying is left out: DynamoDB asks twice as much for a row of more than a kilobyte.
        """
        told = self.outcome
        outcome = told.to_dict(shapes=shapes) if isinstance(told, Recognition) else told.to_dict()
        image = _flat(self.image, "owner", "image_id") | {"sequencer": self.image.sequencer.rstrip("0")}
        said = {"image": image, "outcome": outcome, "options": _flat(self.options)}
        said |= {name: value for name in ("tries", *_SELDOM) if (value := getattr(self, name)) not in (1, "")}
        return {
            "owner": {"S": self.image.owner},
            "image_id": {"S": self.image.image_id},
            "sequencer": {"S": self.order},
            "status": {"S": self.status},
            "at": {"S": self.at},
            "said": _written(json.dumps(said, separators=(",", ":")), packed=not shapes),
        }

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read what `to_item` wrote, and what the table has added to it since."""
        said = json.loads(_read(item["said"]))
        outcome = Recognition if item["status"]["S"] == "recognized" else Rejection
        named = {name: item[name]["S"] for name in ("owner", "image_id")}
        sequencer = said["image"]["sequencer"].ljust(SEQUENCER_DIGITS, "0")
        return cls(
            image=Image(**named | said["image"] | {"sequencer": sequencer}),
            outcome=outcome.from_dict(said["outcome"]),
            at=item["at"]["S"],
            options=Options(**said["options"]),
            tries=said.get("tries", 1),
            request=said.get("request", ""),
            reused_from=said.get("reused_from", ""),
            earlier=int(item.get("earlier", {"N": "0"})["N"]),
            corrections=tuple(json.loads(each["S"]) for each in item.get("corrections", {"L": []})["L"]),
        )

    @classmethod
    def standing(cls, item: Item) -> Self | None:
        """What `from_item` reads; None where the image has been erased."""
        return None if item["sequencer"]["S"] == ERASED else cls.from_item(item)

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
        seen |= {name: value for name in _SELDOM if (value := getattr(self, name))}
        if isinstance(self.outcome, Rejection):
            return seen | {"rejected_at": self.at, "rejection": self.outcome.to_dict()}
        asked = self.options
        said = self.outcome.to_dict(
            top_k=asked.top_k if top_k is None else top_k,
            min_confidence=asked.min_confidence if min_confidence is None else min_confidence,
            shapes=shapes,
        )
        return seen | {"recognized_at": self.at, "recognition": said}


def _written(said: str, *, packed: bool) -> dict[str, Any]:
    """Text that people can read, but in rows of which there are many, each holding it, no more than a kilobyte."""
    return {"B": zlib.compress(said.encode(), 1)} if packed and len(said) > _MOST_TEXT else {"S": said}


def _read(said: Mapping[str, Any]) -> str:
    return zlib.decompress(said["B"]).decode() if "B" in said else str(said["S"])


def _flat(noun: Image | Options, *but: str) -> dict[str, Any]:
    """Its fields as JSON, but for these and those that have their default."""
    # dataclasses.asdict copies deeply, which takes longer than the rest of the item.
    fields = noun.__dataclass_fields__
    return {
        name: value
        for name in noun.__slots__
        if name not in but and (value := getattr(noun, name)) != fields[name].default
    }
