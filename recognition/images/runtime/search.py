"""Search for an owner's images, newest first. Each search reads one range of keys, in which most rows match."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, NamedTuple, Self

from domain.ids import timed_id
from domain.image import ID_PREFIX
from recognition.images.runtime.filters import Filters
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.index_rows import HIGHEST_FLOOR, LOWEST_FLOOR, IndexTable
from recognition.results.runtime.keys import Row
from wire.aws.ranges import Order, Rows, merged
from wire.aws.shards import partitions

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

_MOST_ROWS = 1000
"""Rows of one query."""
_SPARE_ROWS = 2000
"""Rows that are read for one page beyond its limit, where few rows match the remaining filters."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEWEST_FIRST = Order("image_id", forward=False)
_FIRST, _LAST = f"{ID_PREFIX}_", f"{ID_PREFIX}_~"


class Page(NamedTuple):
    """Entries, and the image ID to continue from, None at the end."""

    entries: list[Entry]
    last: str | None


@dataclass(frozen=True, slots=True)
class Range:
    """The rows of some partitions between two image IDs. `key` names the partition key, `partitions` are its values."""

    table: str
    key: str
    partitions: Sequence[str]
    first: str
    last: str


class Search:
    """Searches the recognitions table and the index table."""

    def __init__(self, dynamodb: "DynamoDBClient", recognitions: str, index: IndexTable) -> None:
        self._dynamodb, self._recognitions, self._index = dynamodb, recognitions, index

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], dynamodb: "DynamoDBClient") -> Self:
        """Search the tables that the environment names."""
        index = IndexTable.of(environment["IMAGE_INDEX_TABLE"], environment["DETECTORS"].split(","))
        return cls(dynamodb, environment["RECOGNITIONS_TABLE"], index)

    def finds_shapes(self, filters: Filters) -> bool:
        """Return whether the entries found have outlines and masks: the recognitions table has them, the index not."""
        return self._partition("", filters) is None

    def page(self, owner: str, filters: Filters, limit: int, after: str | None) -> Page:
        """Return at most `limit` entries older than the image ID `after`.

        If few rows match, a page ends early: it may have fewer entries, or none, and still a `last`.
        """
        if filters.only_rejected and filters.only_recognized:
            return Page([], None)
        searched, found, read = self._range(owner, filters), list[Entry](), 0
        while len(found) < limit and read < limit + _SPARE_ROWS:
            items, after = self._read(searched, after, _rows_to_read(limit - len(found), len(found), read))
            found += [entry for entry in map(Entry.unless_erased, items) if entry and filters.match(entry)]
            read += len(items)
            if after is None:
                break
        return Page(found[:limit], found[limit - 1].image.image_id if len(found) > limit else after)

    def _range(self, owner: str, filters: Filters) -> Range:
        found_by = [self._partition(place, filters) for place in partitions(owner)]
        first = _id_at(filters.since) if filters.since else _FIRST
        last = _id_at(filters.until) if filters.until else _LAST
        if None in found_by:
            return Range(self._recognitions, "owner", partitions(owner), first, last)
        return Range(self._index.name, "found_by", [partition for partition in found_by if partition], first, last)

    def _partition(self, place: str, filters: Filters) -> str | None:
        """Return the smallest partition of the index that holds every match of a place; None for recognitions."""
        floor = index_rows.floor(filters.least_confidence)
        if filters.label:
            return index_rows.by_label(place, filters.label, floor or LOWEST_FLOOR)
        if floor == HIGHEST_FLOOR:
            return index_rows.by_certainty(place)
        if filters.detector and self._index.by_detector:
            return index_rows.by_detector(place, filters.detector)
        return index_rows.rejected(place) if filters.only_rejected else None

    def _read(self, searched: Range, after: str | None, limit: int) -> tuple[Sequence[Row], str | None]:
        def read(partition: str, after: str | None, limit: int) -> Rows:
            return self._read_partition(searched, partition, after, limit)

        return merged(read, searched.partitions, _NEWEST_FIRST, limit, after)

    def _read_partition(self, searched: Range, partition: str, after: str | None, limit: int) -> Rows:
        query: QueryInputTypeDef = {
            "TableName": searched.table,
            "KeyConditionExpression": "#key = :key AND image_id BETWEEN :first AND :last",
            "ExpressionAttributeNames": {"#key": searched.key},
            "ExpressionAttributeValues": {
                ":key": {"S": partition},
                ":first": {"S": searched.first},
                ":last": {"S": searched.last},
            },
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after:
            query["ExclusiveStartKey"] = {searched.key: {"S": partition}, "image_id": {"S": after}}
        page = self._dynamodb.query(**query)
        return Rows(page["Items"], "LastEvaluatedKey" in page)


def _id_at(time: datetime) -> str:
    """Return a text that sorts before every image ID of this time, and after those of earlier times."""
    return timed_id(ID_PREFIX, max(time, _EPOCH), "")


def _rows_to_read(wanted: int, found: int, read: int) -> int:
    """Return how many rows contain the wanted entries, estimated from the share of matches so far."""
    return min(_MOST_ROWS, max(wanted, ceil(wanted * read / max(found, 1))))
