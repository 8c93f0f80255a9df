"""An Entry of the recognitions table: an image and its outcome."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from domain.event import Event
from domain.image import SEQUENCER_DIGITS, Image
from domain.options import Options
from domain.recognition import Outcome, Recognition, Rejection
from wire.aws.rows import Item

ERASED_ORDER = "~"
"""The order of an erased image's tombstone. It sorts after every other order: no queued message restores the image."""

_OPTIONAL = ("request", "reused_from")
_UNCOMPRESSED_CHARACTERS = 700
"""The longest uncompressed text of an index row: the row then stays below 1 kB, above which DynamoDB charges double."""


Row = Mapping[str, Mapping[str, Any]]
"""A row as DynamoDB returns it: its attributes by name, each as `{type: value}`."""


class ImageKey(NamedTuple):
    """The key of an image's row: owner and image ID."""

    owner: str
    image_id: str

    @classmethod
    def of(cls, image: Image) -> Self:
        """Return the key of this image."""
        return cls(image.owner, image.image_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """An image, its outcome, the time of the outcome (`at`, RFC 3339 UTC), and the options of the image.

    `tries` is the number of deliveries of the message until the outcome. `request` is the ID of the request to
    recognize the image again, empty for an upload. `reused_from` is the ID of the image with the same bytes whose
    result was reused. `earlier` counts the earlier entries of the image. `corrections` are people's labels since.
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

    def to_item(self, *, shapes: bool = True) -> Item:
        """Return the DynamoDB item, with or without `shapes`: outlines and masks.

        Numbers are stored as text, so that none is rounded. Default values are left out, because DynamoDB charges
        double for a row of more than 1 kB.
        """
        result = self.outcome
        outcome = result.to_dict(shapes=shapes) if isinstance(result, Recognition) else result.to_dict()
        image = _without_defaults(self.image, "owner", "image_id") | {"sequencer": self.image.sequencer.rstrip("0")}
        fields = {"image": image, "outcome": outcome, "options": _without_defaults(self.options)}
        fields |= {name: value for name in ("tries", *_OPTIONAL) if (value := getattr(self, name)) not in (1, "")}
        return {
            "owner": {"S": self.image.owner},
            "image_id": {"S": self.image.image_id},
            "sequencer": {"S": self.order},
            "status": {"S": self.status},
            "at": {"S": self.at},
            "said": _text_value(json.dumps(fields, separators=(",", ":")), compress=not shapes),
        }

    @classmethod
    def from_item(cls, item: Row) -> Self:
        """Read an item of `to_item`, with the attributes that the table has added to it since."""
        fields = json.loads(_text(item["said"]))
        outcome = Recognition if item["status"]["S"] == "recognized" else Rejection
        key = {name: item[name]["S"] for name in ("owner", "image_id")}
        sequencer = fields["image"]["sequencer"].ljust(SEQUENCER_DIGITS, "0")
        return cls(
            image=Image(**key | fields["image"] | {"sequencer": sequencer}),
            outcome=outcome.from_dict(fields["outcome"]),
            at=item["at"]["S"],
            options=Options(**fields["options"]),
            tries=fields.get("tries", 1),
            request=fields.get("request", ""),
            reused_from=fields.get("reused_from", ""),
            earlier=int(item.get("earlier", {"N": "0"})["N"]),
            corrections=tuple(json.loads(text["S"]) for text in item.get("corrections", {"L": []})["L"]),
        )

    @classmethod
    def unless_erased(cls, item: Row) -> Self | None:
        """Read an item like `from_item`; return None if the image has been erased."""
        return None if item["sequencer"]["S"] == ERASED_ORDER else cls.from_item(item)

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


def _text_value(text: str, *, compress: bool) -> Any:
    """Return a text attribute, or if the text is long and `compress` is true, a compressed one."""
    return {"B": zlib.compress(text.encode(), 1)} if compress and len(text) > _UNCOMPRESSED_CHARACTERS else {"S": text}


def _text(value: Mapping[str, Any]) -> str:
    return zlib.decompress(value["B"]).decode() if "B" in value else str(value["S"])


def _without_defaults(instance: Image | Options, *excluded: str) -> dict[str, object]:
    """Return the fields as JSON, without the excluded ones and those that have their default value."""
    # dataclasses.asdict copies deeply, which takes longer than the rest of the item.
    fields = instance.__dataclass_fields__
    return {
        name: value
        for name in instance.__slots__
        if name not in excluded and (value := getattr(instance, name)) != fields[name].default
    }
