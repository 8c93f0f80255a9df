"""The result cache: results by the bytes of their images, so that no owner pays twice for the same bytes."""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from domain.detectors import DETECTORS
from domain.image import Image
from domain.options import Options
from domain.recognition import Recognition
from wire.aws.rows import Item


class CacheKey(NamedTuple):
    """The key of a row of the answers table: owner and bytes of an image, then detector and model."""

    about: str
    answer: str

    @classmethod
    def of(cls, image: Image, detector: str, model: str | None) -> Self:
        """Return the key of a detector's result; Rekognition has one model, whatever model an image asks for."""
        name = "" if DETECTORS[detector].rekognition else model or ""
        return cls(content_key(image), f"{detector}/{name}")

    def to_item(self) -> Item:
        """Return the DynamoDB key."""
        return {"about": {"S": self.about}, "answer": {"S": self.answer}}


class CachedResult(NamedTuple):
    """A recognition, and the ID of the image that it was made for."""

    recognition: Recognition
    image_id: str

    def to_item(self, key: CacheKey) -> Item:
        """Return the row of the answers table."""
        text = json.dumps(self.recognition.to_dict(), separators=(",", ":"))
        return key.to_item() | {"said": {"S": text}, "image_id": {"S": self.image_id}}

    @classmethod
    def from_item(cls, row: Item) -> Self:
        """Read what `to_item` wrote."""
        return cls(Recognition.from_dict(json.loads(row["said"]["S"])), row["image_id"]["S"])


class ResultCache:
    """The cached results of one batch. `reused` maps image and detector to the image ID of the reused result."""

    def __init__(self) -> None:
        self.reused: dict[tuple[Image, str], str] = {}
        self._stored: dict[CacheKey, CachedResult] = {}
        self._new: dict[CacheKey, CachedResult] = {}

    def load(self, rows: Iterable[Item]) -> None:
        """Start a batch with these rows of the answers table."""
        self.reused, self._new = {}, {}
        self._stored = {CacheKey(row["about"]["S"], row["answer"]["S"]): CachedResult.from_item(row) for row in rows}

    def get(self, image: Image, detector: str, model: str | None) -> CachedResult | None:
        """Return this detector's stored result for the same bytes."""
        return self._stored.get(CacheKey.of(image, detector, model))

    def add(self, image: Image, detector: str, model: str | None, recognition: Recognition) -> None:
        """Add a new result, unless the image has no ETag to compare bytes by."""
        if image.content:
            self._new[CacheKey.of(image, detector, model)] = CachedResult(recognition, image.image_id)

    def source(self, image: Image, outcome: object) -> str:
        """Return the ID of the image whose result was reused as this outcome, empty if none was reused."""
        return self.reused.get((image, outcome.detector), "") if isinstance(outcome, Recognition) else ""

    def new_rows(self, image_ids: Iterable[str]) -> list[Item]:
        """Return the rows of the new results for these images."""
        wanted = set(image_ids)
        return [result.to_item(key) for key, result in self._new.items() if result.image_id in wanted]


def cache_keys(options: Mapping[Image, Options], default: str) -> list[Item]:
    """Return the keys of the rows that may hold results for these images; `default` is the default detector."""
    keys = dict.fromkeys(
        CacheKey.of(image, recognizer, wanted.model)
        for image, wanted in options.items()
        for recognizer in _recognizers(wanted.detector or default)
        if image.content
    )
    return [key.to_item() for key in keys]


def content_key(image: Image) -> str:
    """Return the partition of the results for an image's bytes."""
    return f"{image.owner}/content/{image.content}"


def _recognizers(detector: str) -> tuple[str, ...]:
    """Return the detectors that this detector's result may come from; none for a detector that does not exist."""
    spec = DETECTORS.get(detector)
    return (spec.parts or (spec.name,)) if spec else ()
