"""The rows by which images are found: by what was seen on them, how surely, by whom, and that they were rejected.

What is seen at 0.97 lies at the floors 0, 0.5 and 0.9, so that whoever asks for 0.92 reads little else.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.recognition import Recognition
from recognition.results.runtime.entry import Entry
from wire.aws.rows import Item

_FLOORS = {0.0: "0", 0.5: "0.5", 0.9: "0.9"}
_LONGEST_LABEL = 200
"""Of a label's casefolded text, so that a key stays within DynamoDB's 2,048 bytes."""


def floor(min_confidence: float) -> str:
    """The highest floor that leaves out nothing seen this surely."""
    return _FLOORS[max(each for each in _FLOORS if each <= min_confidence)]


def by_label(owner: str, label: str, at: str) -> str:
    """Where the owner's images lie on which this label was seen at least so surely; case does not matter."""
    return f"{owner}/label/{at}/{label.casefold()[:_LONGEST_LABEL]}"


def by_certainty(owner: str, at: str) -> str:
    """Where the owner's images lie on which anything but `unknown` was seen at least so surely; not for floor 0."""
    return f"{owner}/seen/{at}"


def by_detector(owner: str, detector: str) -> str:
    """Where the owner's images lie that this detector answered."""
    return f"{owner}/detector/{detector}"


def rejected(owner: str) -> str:
    """Where the owner's rejected images lie."""
    return f"{owner}/status/rejected"


def found_by(entry: Entry) -> dict[str, float | None]:
    """Where an entry's rows lie, each with the confidence that counts there."""
    owner = entry.image.owner
    if not isinstance(entry.outcome, Recognition):
        return {rejected(owner): None}
    surest = round(entry.outcome.surest, 4)
    certain: dict[str, float | None] = {by_certainty(owner, at): surest for at in _reached(surest) if at != "0"}
    return certain | {by_detector(owner, entry.outcome.detector): surest} | _labels(owner, entry.outcome)


def rows(entry: Entry) -> list[Item]:
    """The rows by which an entry is found; `Entry.from_item` reads them, and finds no outlines or masks in them."""
    item = entry.to_item(shapes=False)
    if isinstance(entry.outcome, Recognition):
        item["detector"] = {"S": entry.outcome.detector}
    return [_row(item, place, confidence) for place, confidence in found_by(entry).items()]


def keys(entry: Entry, *, but: Entry | None = None) -> list[Item]:
    """The keys of an entry's rows, without those by which another is found too."""
    places = found_by(entry).keys() - (found_by(but).keys() if but else set())
    return [{"found_by": {"S": place}, "image_id": {"S": entry.image.image_id}} for place in sorted(places)]


def _labels(owner: str, recognition: Recognition) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for label, confidence in _most(recognition).items():
        found |= {by_label(owner, label, at): confidence for at in _reached(confidence)}
    return found


def _most(recognition: Recognition) -> Mapping[str, float]:
    most: dict[str, float] = {}
    for each in recognition.detections:
        label = each.label.casefold()
        most[label] = max(most.get(label, 0.0), round(each.confidence, 4))
    return most


def _reached(confidence: float) -> Iterator[str]:
    return (written for at, written in _FLOORS.items() if at <= confidence)


def _row(item: Mapping[str, Any], place: str, confidence: float | None) -> Item:
    sure = {} if confidence is None else {"confidence": {"N": str(confidence)}}
    return {"found_by": {"S": place}, **item, **sure}
