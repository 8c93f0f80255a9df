"""The index rows of an image: by label and confidence, by confidence alone, by detector, and by rejection.

A label seen with 0.97 has rows at the floors 0, 0.5 and 0.9, so a search for 0.92 reads few rows besides its matches.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.recognition import Recognition
from recognition.results.runtime.entry import Entry
from wire.aws.rows import Item

_FLOORS = {0.0: "0", 0.5: "0.5", 0.9: "0.9"}
_LONGEST_LABEL = 200
"""Characters of a casefolded label that a key holds, so that the key stays within DynamoDB's 2,048 bytes."""


def floor(min_confidence: float) -> str:
    """Return the highest floor that is not above this confidence."""
    return _FLOORS[max(confidence for confidence in _FLOORS if confidence <= min_confidence)]


def by_label(owner: str, label: str, floor: str) -> str:
    """Return the partition of the owner's images on which this label was seen at the floor; case does not matter."""
    return f"{owner}/label/{floor}/{label.casefold()[:_LONGEST_LABEL]}"


def by_certainty(owner: str, floor: str) -> str:
    """Return the partition of the owner's images with any label but `unknown` at the floor, which is not 0."""
    return f"{owner}/seen/{floor}"


def by_detector(owner: str, detector: str) -> str:
    """Return the partition of the owner's images whose result comes from this detector."""
    return f"{owner}/detector/{detector}"


def rejected(owner: str) -> str:
    """Return the partition of the owner's rejected images."""
    return f"{owner}/status/rejected"


def partitions(entry: Entry) -> dict[str, float | None]:
    """Return the partitions of an entry's rows, each with the confidence that applies there."""
    owner = entry.image.owner
    if not isinstance(entry.outcome, Recognition):
        return {rejected(owner): None}
    surest = round(entry.outcome.surest, 4)
    certain: dict[str, float | None] = {by_certainty(owner, floor): surest for floor in _floors(surest) if floor != "0"}
    return certain | {by_detector(owner, entry.outcome.detector): surest} | _label_partitions(owner, entry.outcome)


def rows(entry: Entry) -> list[Item]:
    """Return the index rows of an entry; `Entry.from_item` reads them, but they lack outlines and masks."""
    item = entry.to_item(shapes=False)
    if isinstance(entry.outcome, Recognition):
        item["detector"] = {"S": entry.outcome.detector}
    return [_row(item, partition, confidence) for partition, confidence in partitions(entry).items()]


def keys(entry: Entry, *, without: Entry | None = None) -> list[Item]:
    """Return the keys of an entry's index rows, except those that the entry `without` has too."""
    found_by = partitions(entry).keys() - (partitions(without).keys() if without else set())
    return [{"found_by": {"S": key}, "image_id": {"S": entry.image.image_id}} for key in sorted(found_by)]


def _label_partitions(owner: str, recognition: Recognition) -> dict[str, float | None]:
    return {
        by_label(owner, label, floor): confidence
        for label, confidence in _highest_confidences(recognition).items()
        for floor in _floors(confidence)
    }


def _highest_confidences(recognition: Recognition) -> Mapping[str, float]:
    highest: dict[str, float] = {}
    for detection in recognition.detections:
        label = detection.label.casefold()
        highest[label] = max(highest.get(label, 0.0), round(detection.confidence, 4))
    return highest


def _floors(confidence: float) -> Iterator[str]:
    """Yield every floor that this confidence reaches."""
    return (text for floor, text in _FLOORS.items() if floor <= confidence)


def _row(item: Mapping[str, Any], partition: str, confidence: float | None) -> Item:
    optional = {} if confidence is None else {"confidence": {"N": str(confidence)}}
    return {"found_by": {"S": partition}, **item, **optional}
