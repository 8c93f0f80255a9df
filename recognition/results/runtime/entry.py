"""An Entry of the recognitions table: an image and its outcome."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from domain.event import Event
from domain.image import Image
from domain.options import Options
from domain.recognition import Outcome, Recognition, Rejection
from recognition.results.runtime.encoding.body import Body, pack, unpack
from recognition.results.runtime.keys import ImageKey, Row
from wire.aws.rows import Item
from wire.aws.shards import partition

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

ERASED_ORDER = "~"
"""The order of an erased image's tombstone. It sorts after every other order: no queued message restores the image."""

_OPTIONAL = ("request", "reused_from")


@dataclass(frozen=True, slots=True)
class Entry:
    """An image, its outcome, the time of the outcome (`at`, RFC 3339 UTC), and the options of the image.

    `tries` is the number of deliveries of the message until the outcome. `request` is the ID of the request to
    recognize the image again, empty for an upload. `reused_from` is the ID of the image with the same bytes whose
    result was reused. `earlier` counts the earlier entries of the image. `corrections` are people's labels since.
    `place` is the partition from which the entry was read, empty for a new one.
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
    place: str = field(default="", compare=False)

    @property
    def partition(self) -> str:
        """The partition of the image's row, with which those of its index rows begin."""
        return self.place or partition(*self.key)

    @property
    def key(self) -> ImageKey:
        """The key of the image's row."""
        return ImageKey.of(self.image)

    @property
    def order(self) -> str:
        """The sort order of an image's entries: by object version, then by the request to recognize again."""
        return self.image.sequencer + self.request

    @property
    def status(self) -> str:
        """`recognized` or `rejected`."""
        return "recognized" if isinstance(self.outcome, Recognition) else "rejected"

    def event(self) -> Event:
        """Return the event to publish, the same on every call."""
        if isinstance(self.outcome, Recognition):
            return Event.recognized(self.image, self.outcome, self.at, self.request)
        return Event.rejected(self.image, self.outcome, self.at, self.request)

    @property
    def stored_as(self) -> str:
        """The sort key that the entry has among the earlier entries of its image: its time and the ID of its event."""
        return f"{self.at}/{self.event().event_id}"

    def to_item(self) -> Item:
        """Return the row of the recognitions table."""
        return self.row_key() | {"sequencer": {"S": self.order}, "body": self.body()}

    def row_key(self) -> Item:
        """Return the DynamoDB key of the image's row."""
        return self.key.in_place(self.partition)

    def body(self, *, shapes: bool = True) -> "AttributeValueTypeDef":
        """Return the attribute `body` of each row of the entry, with or without `shapes`: outlines and masks."""
        body = Body(self.image, self.outcome, self.at, self.options, self.tries, self.request, self.reused_from)
        return {"B": pack(body, shapes=shapes)}

    @classmethod
    def from_item(cls, item: Row) -> Self:
        """Read a row with a body, and the attributes that its table has added to it since; raises BodyError."""
        body = unpack(bytes(item["body"]["B"]), *ImageKey.of_row(item))
        return cls(
            *body,
            earlier=int(item["earlier"]["N"]) if "earlier" in item else 0,
            corrections=tuple(json.loads(text["S"]) for text in item["corrections"]["L"])
            if "corrections" in item
            else (),
            place=item["owner"]["S"],
        )

    @classmethod
    def unless_erased(cls, item: Row) -> Self | None:
        """Read an item like `from_item`; return None if the image has been erased."""
        return None if is_erased(item) else cls.from_item(item)

    def to_dict(
        self, *, top_k: int | None = None, min_confidence: float | None = None, shapes: bool = True
    ) -> dict[str, Any]:
        """Return the JSON form that callers see; the arguments take precedence over the options of the image."""
        body: dict[str, Any] = {
            "image_id": self.image.image_id,
            "name": self.image.name,
            "status": self.status,
            "received_at": self.image.received_at,
            "bytes": self.image.size,
        }
        body |= {name: value for name in _OPTIONAL if (value := getattr(self, name))}
        if isinstance(self.outcome, Rejection):
            return body | {"rejected_at": self.at, "rejection": self.outcome.to_dict()}
        options = self.options
        recognition = self.outcome.to_dict(
            top_k=options.top_k if top_k is None else top_k,
            min_confidence=options.min_confidence if min_confidence is None else min_confidence,
            shapes=shapes,
        )
        return body | {"recognized_at": self.at, "recognition": recognition}


def is_erased(row: Row) -> bool:
    """Return whether a row is the tombstone of an erased image; index rows have no order."""
    return "sequencer" in row and row["sequencer"]["S"] == ERASED_ORDER
