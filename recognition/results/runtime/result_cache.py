"""The result cache: the paid results of images by their bytes, so that no owner pays twice for the same bytes.

A row of the cache points to the stored entry of an image and copies nothing of it. Where that entry is gone, because
its image has been erased, the row leads nowhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple, Self

from domain.detectors import DETECTORS
from domain.image import Image
from domain.options import Options
from domain.recognition import Recognition
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.keys import ImageKey, Row
from wire.aws.rows import Item


class CacheKey(NamedTuple):
    """The key of a row of the answers table: owner and bytes of an image, then the detector that was paid."""

    about: str
    answer: str

    @classmethod
    def of(cls, image: Image, detector: str) -> Self:
        """Return the key of a detector's result."""
        return cls(content_key(image), detector)

    def to_item(self) -> Item:
        """Return the DynamoDB key."""
        return {"about": {"S": self.about}, "answer": {"S": self.answer}}


class Pointer(NamedTuple):
    """A row of the cache: the entry that holds a result, current (`image`) or earlier (`image` and `stored_as`)."""

    key: CacheKey
    image: ImageKey
    stored_as: str

    @classmethod
    def to(cls, entry: Entry, detector: str) -> Self:
        """Return the pointer to an entry whose result comes from this detector."""
        return cls(CacheKey.of(entry.image, detector), entry.key, entry.stored_as)

    @classmethod
    def from_item(cls, row: Row) -> Self:
        """Read what `to_item` wrote."""
        return cls(CacheKey(row["about"]["S"], row["answer"]["S"]), ImageKey.of_row(row), row["stored_as"]["S"])

    def to_item(self) -> Item:
        """Return the row of the answers table."""
        return self.key.to_item() | self.image.to_item() | {"stored_as": {"S": self.stored_as}}

    @property
    def earlier_key(self) -> Item:
        """The key that the entry has in the answers table once it is an earlier one."""
        return {"about": {"S": self.image.about}, "answer": {"S": self.stored_as}}


class CachedResult(NamedTuple):
    """A recognition, and the ID of the image that it was made for."""

    recognition: Recognition
    image_id: str


class ResultCache:
    """The cached results of one batch. `reused` maps image and detector to the image ID of the reused result."""

    def __init__(self) -> None:
        self.reused: dict[tuple[Image, str], str] = {}
        self._stored: dict[CacheKey, CachedResult] = {}

    def load(self, found: Mapping[CacheKey, Entry]) -> None:
        """Start a batch with the entries to which the rows of the cache point."""
        self.reused = {}
        self._stored = {
            key: CachedResult(replace(entry.outcome, asked=key.answer), entry.image.image_id)
            for key, entry in found.items()
            if isinstance(entry.outcome, Recognition) and entry.outcome.detector == key.answer
        }

    def get(self, image: Image, detector: str) -> CachedResult | None:
        """Return this detector's stored result for the same bytes."""
        return self._stored.get(CacheKey.of(image, detector))

    def source(self, image: Image, outcome: object) -> str:
        """Return the ID of the image whose result was reused as this outcome, empty if none was reused."""
        return self.reused.get((image, outcome.detector), "") if isinstance(outcome, Recognition) else ""


def cache_keys(options: Mapping[Image, Options], default: str) -> list[Item]:
    """Return the keys of the rows that may lead to results for these images; `default` is the default detector."""
    keys = dict.fromkeys(
        CacheKey.of(image, detector)
        for image, wanted in options.items()
        for detector in _paid_detectors(wanted.detector or default)
        if image.content
    )
    return [key.to_item() for key in keys]


def cache_rows(entries: Iterable[Entry]) -> list[Item]:
    """Return the rows that point to these entries, as far as their results were paid for.

    An image without an ETag has nothing to compare bytes by. A reused result already has a row.
    """
    rows: dict[CacheKey, Item] = {}
    for entry in entries:
        outcome = entry.outcome
        if isinstance(outcome, Recognition) and DETECTORS[outcome.detector].paid_calls:
            pointer = Pointer.to(entry, outcome.detector)
            if entry.image.content and not entry.reused_from:
                rows[pointer.key] = pointer.to_item()
    return list(rows.values())


def content_key(image: Image) -> str:
    """Return the partition of the results for an image's bytes."""
    return f"{image.owner}/content/{image.content}"


def _paid_detectors(detector: str) -> list[str]:
    """Return the paid detectors that this detector's result may come from; none for a detector that does not exist."""
    spec = DETECTORS.get(detector)
    return [part for part in (spec.parts or (spec.name,)) if DETECTORS[part].paid_calls] if spec else []
