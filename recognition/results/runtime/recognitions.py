"""The recognitions table: the current entry of each image, keyed by owner and time-ordered image ID."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from domain.image import Image
from domain.recognition import Recognition, Rejection
from recognition.results.runtime.entry import ERASED_ORDER, Entry, ImageKey, Row
from recognition.results.runtime.transactions import count_earlier, key_item, put_current, put_earlier
from wire.aws import rows
from wire.aws.rows import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

CurrentEntries = Mapping[ImageKey, Entry | None]
"""The current entries of images: None for an erased image, no key for an image without an entry."""

_UNREAD: CurrentEntries = {}
_ATTEMPTS = 4
_UNSTORABLE = Rejection("result_too_large", "The detector's result is too large to be stored.")


class Lookup(NamedTuple):
    """The current entries of images, and rows of the answers table."""

    current: dict[ImageKey, Entry | None]
    cached: list[Item]


class Recognitions:
    """The table of current entries; `answers` is the table of earlier entries.

    Every method raises botocore's ClientError if DynamoDB refuses a call.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, answers: str = "") -> None:
        self._dynamodb, self._table, self._answers = dynamodb, table, answers

    def current(self, images: Iterable[Image]) -> dict[ImageKey, Entry | None]:
        """Return the current entries of these images, read consistently."""
        return self.look_up(images, []).current

    def current_orders(self, entries: Iterable[Entry]) -> dict[ImageKey, str]:
        """Return the orders of the current entries of these entries' images, read consistently."""
        keys = {self._table: [key_item(entry.key) for entry in entries]}
        found = rows.read(self._dynamodb, keys, consistent={self._table}, only=("owner", "image_id", "sequencer"))
        return {_key(row): row["sequencer"]["S"] for row in found[self._table]}

    def look_up(self, images: Iterable[Image], cached_keys: Sequence[Item]) -> Lookup:
        """Read the current entries of these images and, in the same request, these keys of the answers table."""
        keys = dict.fromkeys(map(ImageKey.of, images))
        wanted = {self._table: [key_item(key) for key in keys], self._answers: cached_keys}
        found = rows.read(self._dynamodb, wanted, consistent={self._table})
        return Lookup({_key(row): Entry.unless_erased(row) for row in found[self._table]}, found[self._answers])

    def add(self, entries: Sequence[Entry], current: CurrentEntries = _UNREAD) -> list[Entry | None]:
        """Store each entry unless its image has the same or a newer one; return the current entries, None if erased.

        A replaced entry moves to the earlier entries in the same transaction. A requested entry that is older than the
        current one, or a rejection where the current one is a recognition, is stored among the earlier entries. One
        request suffices if `current` is still up to date.
        """
        # Race: between the read of `current` and this write, another worker may store an entry of one of the images,
        # or the owner may erase it. Each write names the order that was read, so DynamoDB then cancels the whole
        # transaction. Each entry is then stored by itself after a new read: no entry replaces a newer one. The same
        # happens where the table refuses one of the entries, or all of them together are too large.
        try:
            self._transact([write for entry in entries for write in self._writes(entry, current)])
        except ClientError as error:
            if not (error.response["Error"]["Code"] == "TransactionCanceledException" or _is_refused(error)):
                raise
            return [self._add_storable(entry) for entry in entries]
        return [_current_after(entry, current) for entry in entries]

    def get(self, owner: str, image_id: str) -> Entry | None:
        """Return one entry of this owner, None if there is none or the image is erased."""
        key = key_item(ImageKey(owner, image_id))
        item = self._dynamodb.get_item(TableName=self._table, Key=key).get("Item")
        return Entry.unless_erased(item) if item else None

    def by_ids(self, owner: str, image_ids: Sequence[str]) -> list[Entry]:
        """Return the owner's entries with these image IDs, in that order, without those that do not exist."""
        keys = [key_item(ImageKey(owner, image_id)) for image_id in image_ids]
        found = map(Entry.unless_erased, rows.read(self._dynamodb, {self._table: keys})[self._table])
        by_id = {entry.image.image_id: entry for entry in found if entry}
        return [by_id[image_id] for image_id in image_ids if image_id in by_id]

    def any_erased(self, owner: str, image_ids: Iterable[str]) -> bool:
        """Return whether one of the owner's images has been erased, read consistently."""
        keys = {self._table: [key_item(ImageKey(owner, image_id)) for image_id in image_ids]}
        found = rows.read(self._dynamodb, keys, consistent={self._table}, only=("sequencer",))
        return any(row["sequencer"]["S"] == ERASED_ORDER for row in found[self._table])

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
        try:
            row = self._dynamodb.update_item(
                TableName=self._table,
                Key=key_item(key),
                UpdateExpression="SET corrections = list_append(if_not_exists(corrections, :none), :correction)",
                ConditionExpression=f"sequencer < :erased AND {unchanged}",
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
            )["Attributes"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return None
        return Entry.from_item(row)

    def _add_storable(self, entry: Entry) -> Entry | None:
        """Store an entry by itself; where the table refuses it, store its rejection."""
        try:
            return self._add_one(entry)
        except ClientError as error:
            if not _is_refused(error):
                raise
            return self._add_one(replace(entry, outcome=_UNSTORABLE))

    def _add_one(self, entry: Entry) -> Entry | None:
        for attempt in range(1, _ATTEMPTS + 1):
            current = self.current([entry.image])
            try:
                self._transact(self._writes(entry, current))
                break
            except self._dynamodb.exceptions.TransactionCanceledException as error:
                if _is_refused(error) or attempt == _ATTEMPTS:
                    raise
        return _current_after(entry, current)

    def _transact(self, writes: Sequence["TransactWriteItemTypeDef"]) -> None:
        if writes:
            self._dynamodb.transact_write_items(TransactItems=writes)

    def _writes(self, entry: Entry, current: CurrentEntries) -> list["TransactWriteItemTypeDef"]:
        if entry.key not in current:
            return [put_current(self._table, entry)]
        existing = current[entry.key]
        if existing is None or existing.order == entry.order:
            return []
        if _supersedes(entry, existing):
            return [put_current(self._table, entry, existing), put_earlier(self._answers, existing)]
        return [count_earlier(self._table, existing), put_earlier(self._answers, entry)] if entry.request else []


def _is_refused(error: ClientError) -> bool:
    """Return whether DynamoDB refuses what is to be written, such as a row of over 400 kB, whatever the table holds."""
    reasons = error.response.get("CancellationReasons", [])
    return error.response["Error"]["Code"] == "ValidationException" or any(
        reason.get("Code") == "ValidationError" for reason in reasons
    )


def _key(row: Row) -> ImageKey:
    return ImageKey(row["owner"]["S"], row["image_id"]["S"])


def _current_after(entry: Entry, current: CurrentEntries) -> Entry | None:
    """Return the current entry once an entry has been added where `current` was current."""
    if entry.key not in current:
        return entry
    existing = current[entry.key]
    return replace(entry, earlier=existing.earlier + 1) if existing and _supersedes(entry, existing) else existing


def _supersedes(entry: Entry, existing: Entry) -> bool:
    """Return whether an entry becomes the current one of its image.

    A request to recognize again that ends in a rejection takes no recognition away: it is an earlier entry.
    """
    failed = bool(entry.request) and isinstance(entry.outcome, Rejection) and isinstance(existing.outcome, Recognition)
    return existing.order < entry.order and not failed
