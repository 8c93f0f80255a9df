"""The index rows of an image: by label and confidence, by confidence alone, by detector, and by rejection.

A label seen with 0.97 has rows at the floors 0.5 and 0.9, so a search for 0.92 reads few rows besides its matches. A
search that no row serves reads the recognitions table.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.detectors import RECOGNIZERS
from domain.recognition import Recognition
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.keys import owner_partition
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


def by_label(owner: str, label: str, floor: float) -> str:
    """Return the partition of the owner's images on which this label was seen at the floor; case does not matter."""
    text = label.casefold()[:_LONGEST_LABEL].encode("utf-8", "replace").decode()  # no key holds half a character
    return _partition(owner, "label", str(floor), text)


def by_certainty(owner: str) -> str:
    """Return the partition of the owner's images with any label but `unknown` at the highest floor."""
    return _partition(owner, "seen", str(HIGHEST_FLOOR))


def by_detector(owner: str, detector: str) -> str:
    """Return the partition of the owner's images whose result comes from this detector."""
    return _partition(owner, "detector", detector)


def rejected(owner: str) -> str:
    """Return the partition of the owner's rejected images."""
    return _partition(owner, "status", "rejected")


def partitions(entry: Entry, *, detector: bool = True) -> list[str]:
    """Return the partitions of an entry's rows, with or without the one of its detector."""
    owner = entry.image.owner
    if not isinstance(entry.outcome, Recognition):
        return [rejected(owner)]
    certain = [by_certainty(owner)] if round(entry.outcome.surest, 4) >= HIGHEST_FLOOR else []
    detected = [by_detector(owner, entry.outcome.detector)] if detector else []
    return [*certain, *detected, *_label_partitions(owner, entry.outcome)]


def rows(entry: Entry, *, detector: bool = True) -> list[Item]:
    """Return the rows in these partitions; `Entry.from_item` reads them, but they lack outlines and masks."""
    item = entry.key.to_item() | {"body": entry.body(shapes=False)}
    return [{"found_by": {"S": partition}, **item} for partition in partitions(entry, detector=detector)]


def keys(entry: Entry, *, without: Iterable[str] = ()) -> list[Item]:
    """Return the keys of all rows that an entry may have, except those in the partitions `without`."""
    found_by = set(partitions(entry)).difference(without)
    return [{"found_by": {"S": key}, "image_id": {"S": entry.image.image_id}} for key in sorted(found_by)]


def _partition(owner: str, *parts: str) -> str:
    return "/".join((owner_partition(owner), *parts))


def _label_partitions(owner: str, recognition: Recognition) -> list[str]:
    highest = _highest_confidences(recognition)
    confidences = {label: confidence for label, confidence in highest.items() if confidence >= LOWEST_FLOOR}
    # The order of labels may not decide: that of a stored entry is another one.
    surest = sorted(confidences, key=lambda label: (-confidences[label], label))[:MOST_LABELS]
    found = [
        by_label(owner, label, floor)
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
