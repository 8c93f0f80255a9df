"""The index rows of an image: by label and confidence, by confidence alone, by detector, and by rejection.

A label seen with 0.97 has rows at the floors 0.5 and 0.9, so a search for 0.92 reads few rows besides its matches. A
search that no row serves reads the recognitions table. `place` is a partition of the owner's rows in that table.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.detectors import RECOGNIZERS
from domain.recognition import Recognition
from recognition.results.runtime.entry import Entry
from wire.aws.rows import Item

LOWEST_FLOOR, HIGHEST_FLOOR = 0.5, 0.9
MOST_LABELS = 25
"""The labels of an image by which it is found: its surest ones."""
_LONGEST_LABEL = 200
"""Characters of a casefolded label that a key holds, so that the key stays within DynamoDB's 2,048 bytes."""


class IndexTable(NamedTuple):
    """The index table by name, and whether it has rows by detector."""

    name: str
    by_detector: bool

    @classmethod
    def of(cls, name: str, detectors: Iterable[str]) -> "IndexTable":
        """Return the index of a deployment with these detectors; rows by detector need several that differ."""
        return cls(name, by_detector=len(set(RECOGNIZERS).intersection(detectors)) > 1)


def floor(min_confidence: float) -> float | None:
    """Return the highest floor that is not above this confidence, None below the lowest."""
    if min_confidence < LOWEST_FLOOR:
        return None
    return HIGHEST_FLOOR if min_confidence >= HIGHEST_FLOOR else LOWEST_FLOOR


def by_label(place: str, label: str, floor: float) -> str:
    """Return the partition of the owner's images on which this label was seen at the floor; case does not matter."""
    text = label.casefold()[:_LONGEST_LABEL].encode("utf-8", "replace").decode()  # no key holds half a character
    return _partition(place, "label", str(floor), text)


def by_certainty(place: str) -> str:
    """Return the partition of the owner's images with any label but `unknown` at the highest floor."""
    return _partition(place, "seen", str(HIGHEST_FLOOR))


def by_detector(place: str, detector: str) -> str:
    """Return the partition of the owner's images whose result comes from this detector."""
    return _partition(place, "detector", detector)


def rejected(place: str) -> str:
    """Return the partition of the owner's rejected images."""
    return _partition(place, "status", "rejected")


def partitions(entry: Entry, *, detector: bool = True) -> list[str]:
    """Return the partitions of an entry's rows, with or without the one of its detector."""
    place = entry.partition
    if not isinstance(entry.outcome, Recognition):
        return [rejected(place)]
    certain = [by_certainty(place)] if round(entry.outcome.surest, 4) >= HIGHEST_FLOOR else []
    detected = [by_detector(place, entry.outcome.detector)] if detector else []
    return [*certain, *detected, *_label_partitions(place, entry.outcome)]


def rows(entry: Entry, *, detector: bool = True) -> list[Item]:
    """Return the rows in these partitions; `Entry.from_item` reads them, but they lack outlines and masks."""
    item = entry.row_key() | {"body": entry.body(shapes=False)}
    return [{"found_by": {"S": partition}, **item} for partition in partitions(entry, detector=detector)]


def keys(entry: Entry, *, without: Iterable[str] = ()) -> list[Item]:
    """Return the keys of all rows that an entry may have, except those in the partitions `without`."""
    found_by = set(partitions(entry)).difference(without)
    return [{"found_by": {"S": key}, "image_id": {"S": entry.image.image_id}} for key in sorted(found_by)]


def _partition(place: str, *parts: str) -> str:
    return "/".join((place, *parts))


def _label_partitions(place: str, recognition: Recognition) -> list[str]:
    highest = _highest_confidences(recognition)
    confidences = {label: confidence for label, confidence in highest.items() if confidence >= LOWEST_FLOOR}
    # The order of labels may not decide: that of a stored entry is another one.
    surest = sorted(confidences, key=lambda label: (-confidences[label], label))[:MOST_LABELS]
    found = [
        by_label(place, label, floor)
        for label in surest
        for floor in (LOWEST_FLOOR, HIGHEST_FLOOR)
        if floor <= confidences[label]
    ]
    return list(dict.fromkeys(found))  # labels that differ only beyond a key's length share a row


def _highest_confidences(recognition: Recognition) -> Mapping[str, float]:
    highest: dict[str, float] = {}
    for detection in recognition.detections:
        label = detection.label.casefold()
        highest[label] = max(highest.get(label, 0.0), round(detection.confidence, 4))
    return highest
