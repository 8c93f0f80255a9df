"""Finding an owner's images, newest first: each question is one range of keys, and little is read beside it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from domain.ids import timed_id
from domain.image import ID_PREFIX
from recognition.images.runtime.filters import Filters
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from wire.aws.rows import Item

_AT_ONCE = 1000
_SPARE = 2000
"""How many rows beyond those asked for are read for one page, where what is left to filter by fits few of them."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = f"{ID_PREFIX}_", f"{ID_PREFIX}_~"


@dataclass(frozen=True, slots=True)
class Range:
    """The rows of one partition between two image ids."""

    table: str
    key: tuple[str, str]
    first: str
    last: str


class Search:
    """Over the recognitions, and over the rows that find them by what was seen."""

    def __init__(self, dynamodb: Any, recognitions: str, images: str) -> None:
        self._dynamodb, self._recognitions, self._index = dynamodb, recognitions, images

    def finds_whole(self, filters: Filters) -> bool:
        """Whether outlines and masks are in what is found, as they are in an image's own row and in no other."""
        return _place("", filters) is None

    def page(self, owner: str, filters: Filters, limit: int, after: str | None) -> tuple[list[Entry], str | None]:
        """At most `limit` entries older than image id `after`, and the id to go on from, None at the end.

        A page that took much reading ends early: it may hold fewer, or none, and lead on all the same.
        """
        if filters.only_rejected and filters.of_answers:
            return [], None
        asked, found, read = self._range(owner, filters), list[Entry](), 0
        while len(found) < limit and read < limit + _SPARE:
            items, after = self._read(asked, after, _worth_reading(limit - len(found), len(found), read))
            found += [entry for entry in map(Entry.standing, items) if entry and filters.hold(entry)]
            read += len(items)
            if after is None:
                break
        left_over = len(found) > limit
        return found[:limit], found[limit - 1].image.image_id if left_over else after

    def _range(self, owner: str, filters: Filters) -> Range:
        place = _place(owner, filters)
        table, key = (self._index, ("found_by", place)) if place else (self._recognitions, ("owner", owner))
        first = _id_at(filters.since) if filters.since else _FIRST
        return Range(table, key, first, _id_at(filters.until) if filters.until else _LAST)

    def _read(self, asked: Range, after: str | None, most: int) -> tuple[list[Item], str | None]:
        name, value = asked.key
        start = {"ExclusiveStartKey": {name: {"S": value}, "image_id": {"S": after}}} if after else {}
        answer = self._dynamodb.query(
            TableName=asked.table,
            KeyConditionExpression="#key = :key AND image_id BETWEEN :first AND :last",
            ExpressionAttributeNames={"#key": name},
            ExpressionAttributeValues={":key": {"S": value}, ":first": {"S": asked.first}, ":last": {"S": asked.last}},
            ScanIndexForward=False,
            Limit=most,
            **start,
        )
        last = answer.get("LastEvaluatedKey")
        return answer["Items"], last["image_id"]["S"] if last else None


def _place(owner: str, filters: Filters) -> str | None:
    """The partition of the index that holds all that is asked for and the least beside it; None for all images."""
    floor = index_rows.floor(filters.min_confidence)
    if filters.label:
        return index_rows.by_label(owner, filters.label, floor)
    if floor != "0":
        return index_rows.by_certainty(owner, floor)
    if filters.detector:
        return index_rows.by_detector(owner, filters.detector)
    return index_rows.rejected(owner) if filters.only_rejected else None


def _id_at(time: datetime) -> str:
    """What sorts before every id of that instant and behind those of earlier ones."""
    return timed_id(ID_PREFIX, max(time, _BEGINNING), "")


def _worth_reading(wanted: int, found: int, read: int) -> int:
    """How many rows will hold those still wanted, going by what was found in those read."""
    return min(_AT_ONCE, max(wanted, ceil(wanted * read / max(found, 1))))
