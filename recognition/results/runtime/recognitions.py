"""The recognitions table: the current entry of each image, keyed by owner and time-ordered image ID."""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from domain.image import Image
from recognition.results.runtime.entry import ERASED_ORDER, Entry, is_erased
from recognition.results.runtime.keys import ImageKey
from recognition.results.runtime.result_cache import CacheKey, Pointer
from recognition.results.runtime.storing.additions import Additions, CurrentEntries
from wire.aws import rows
from wire.aws.rows import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

_UNREAD: CurrentEntries = {}


class Lookup(NamedTuple):
    """The current entries of images, and rows of the result cache."""

    current: dict[ImageKey, Entry | None]
    cached: list[Item]


class Recognitions:
    """The table of current entries; `answers` is the table of earlier entries.

    Every method raises botocore's ClientError if DynamoDB refuses a call.
    """

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        answers: str = "",
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._dynamodb, self._table, self._answers = dynamodb, table, answers
        self._additions = Additions(dynamodb, (table, answers), lambda images: self.current(images), wait)

    def current(self, images: Iterable[Image]) -> dict[ImageKey, Entry | None]:
        """Return the current entries of these images, read consistently."""
        return self.look_up(images, []).current

    def current_orders(self, entries: Iterable[Entry]) -> dict[ImageKey, str]:
        """Return the orders of the current entries of these entries' images, read consistently."""
        keys = {self._table: [key for entry in entries for key in entry.key.items()]}
        found = rows.read(self._dynamodb, keys, consistent={self._table}, only=("owner", "image_id", "sequencer"))
        return {ImageKey.of_row(row): row["sequencer"]["S"] for row in _in_order(found[self._table])}

    def look_up(self, images: Iterable[Image], cached_keys: Sequence[Item]) -> Lookup:
        """Read the current entries of these images and, in the same request, these keys of the answers table."""
        keys = dict.fromkeys(map(ImageKey.of, images))
        wanted = {self._table: [item for key in keys for item in key.items()], self._answers: cached_keys}
        found = rows.read(self._dynamodb, wanted, consistent={self._table})
        current = {ImageKey.of_row(row): Entry.unless_erased(row) for row in _in_order(found[self._table])}
        return Lookup(current, found[self._answers])

    def pointed_at(self, pointers: Sequence[Pointer]) -> dict[CacheKey, Entry]:
        """Return the entries to which rows of the result cache point, without those of erased images."""
        if not pointers:
            return {}
        images = [item for key in {pointer.image for pointer in pointers} for item in key.items()]
        earlier = {(pointer.image, pointer.stored_as): pointer.earlier_key for pointer in pointers}
        wanted = {self._table: images, self._answers: list(earlier.values())}
        found = rows.read(self._dynamodb, wanted, consistent={self._table})
        latest = {ImageKey.of_row(row): row for row in _in_order(found[self._table])}
        current = {key: row for key, row in latest.items() if not is_erased(row)}
        stored = [Entry.from_item(row) for row in (*current.values(), *found[self._answers])]
        entries = {(entry.key, entry.stored_as): entry for entry in stored if entry.key in current}
        return {
            pointer.key: entries[pointer.image, pointer.stored_as]
            for pointer in pointers
            if (pointer.image, pointer.stored_as) in entries
        }

    def add(self, entries: Sequence[Entry], current: CurrentEntries = _UNREAD) -> dict[ImageKey, Entry | None]:
        """Store new entries; see `Additions.add`. `current` are the current entries as far as they were read."""
        return self._additions.add(entries, current)

    def get(self, owner: str, image_id: str) -> Entry | None:
        """Return one entry of this owner, None if there is none or the image is erased."""
        for key in ImageKey(owner, image_id).items():
            if item := self._dynamodb.get_item(TableName=self._table, Key=key).get("Item"):
                return Entry.unless_erased(item)
        return None

    def by_ids(self, owner: str, image_ids: Sequence[str]) -> list[Entry]:
        """Return the owner's entries with these image IDs, in that order, without those that do not exist."""
        keys = [key for image_id in image_ids for key in ImageKey(owner, image_id).items()]
        found = map(Entry.unless_erased, rows.read(self._dynamodb, {self._table: keys})[self._table])
        by_id = {entry.image.image_id: entry for entry in found if entry}
        return [by_id[image_id] for image_id in image_ids if image_id in by_id]

    def any_erased(self, owner: str, image_ids: Iterable[str]) -> bool:
        """Return whether one of the owner's images has been erased, read consistently."""
        keys = {self._table: [key for image_id in image_ids for key in ImageKey(owner, image_id).items()]}
        found = rows.read(self._dynamodb, keys, consistent={self._table}, only=("sequencer",))
        return any(map(is_erased, found[self._table]))

    def add_correction(self, key: ImageKey, correction: Mapping[str, object], *, after: int) -> Entry | None:
        """Store a person's correction after so many earlier ones; return the entry with it.

        Return None if there is no such image, or if it has another number of corrections by now.
        """
        text = json.dumps(correction, separators=(",", ":"))
        values: Item = {":none": {"L": []}, ":correction": {"L": [{"S": text}]}, ":erased": {"S": ERASED_ORDER}}
        unchanged = "attribute_not_exists(corrections)"
        if after:
            unchanged = "size(corrections) = :after"
            values[":after"] = {"N": str(after)}
        for place in key.items():
            with suppress(self._dynamodb.exceptions.ConditionalCheckFailedException):
                row = self._dynamodb.update_item(
                    TableName=self._table,
                    Key=place,
                    UpdateExpression="SET corrections = list_append(if_not_exists(corrections, :none), :correction)",
                    ConditionExpression=f"sequencer < :erased AND {unchanged}",
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_NEW",
                )["Attributes"]
                return Entry.from_item(row)
        return None


def _in_order(found: Iterable[Item]) -> list[Item]:
    """Return rows so that the last one of an image counts: a tombstone, else the newest. There is one, almost always.

    Two functions with different `shards`, in the moments of a deployment, may store the same image in two places.
    """
    return sorted(found, key=lambda row: row["sequencer"]["S"])
