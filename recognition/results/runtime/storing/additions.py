"""Additions to the current entries: a new entry is inserted, or replaces an older one in a transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from domain.image import Image
from domain.recognition import Recognition, Rejection
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.keys import ImageKey
from recognition.results.runtime.storing.transactions import count_earlier, put_earlier, replace_current
from wire.aws.inserts import Insert, insert
from wire.aws.rows import is_refused

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

CurrentEntries = Mapping[ImageKey, Entry | None]
"""The current entries of images: None for an erased image, no key for an image without an entry."""

_ATTEMPTS = 4
_UNSTORABLE = Rejection("result_too_large", "The detector's result is too large to be stored.")

logger = Logger(child=True)


class _RefusedError(Exception):
    """DynamoDB refuses one of the entries, whatever the table holds."""


class Additions:
    """Stores entries in `tables`: the one of current entries, and the one of earlier entries.

    `read` returns the current entries of images, read consistently.
    """

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        tables: tuple[str, str],
        read: Callable[[Iterable[Image]], CurrentEntries],
        wait: Callable[[float], None],
    ) -> None:
        self._dynamodb, self._read, self._wait = dynamodb, read, wait
        self._table, self._answers = tables

    def add(self, entries: Sequence[Entry], current: CurrentEntries) -> dict[ImageKey, Entry | None]:
        """Store each entry unless its image has the same or a newer one; no two may be about the same image.

        Return the current entries, None if erased, without the images whose entry could not be stored at the moment.
        A replaced entry moves to the earlier entries in one transaction. A requested entry that is older than the
        current one, or a rejection where the current one is a recognition, is stored among the earlier entries. One
        call per twenty-five new images, and one for all others, suffice if `current` is still up to date.
        """
        # Race: between the read of `current` and this write, another worker may store an entry of one of the images,
        # or the owner may erase it. An insert then finds its row and fails alone. Each write of the transaction names
        # the order that was read, so DynamoDB cancels it as a whole. Each entry that is not stored yet is then stored
        # by itself after a new read: no entry replaces a newer one. The same happens where the table refuses one of
        # the entries, or all of them together are too large.
        new = [entry for entry in entries if entry.key not in current]
        stored: dict[ImageKey, Entry | None] = {
            entry.key: entry for entry, result in zip(new, self._insert(new), strict=True) if result is Insert.STORED
        }
        with suppress(_RefusedError):
            stored |= self._transact([entry for entry in entries if entry.key in current], current)
        for entry in entries:
            if entry.key not in stored:
                stored |= self._add_alone(entry)
        return stored

    def _add_alone(self, entry: Entry) -> dict[ImageKey, Entry | None]:
        """Store an entry by itself; where the table refuses it, store its rejection."""
        for storable in (entry, replace(entry, outcome=_UNSTORABLE)):
            try:
                return self._retry(storable)
            except _RefusedError:
                logger.exception("entry refused", extra={"correlation_id": entry.image.image_id})
        return {}

    def _retry(self, entry: Entry) -> dict[ImageKey, Entry | None]:
        """Store an entry, again after each time that another one has come before it; return nothing after four times.

        Raises _RefusedError.
        """
        for _ in range(_ATTEMPTS):
            current = self._read([entry.image])
            if entry.key in current:
                if stored := self._transact([entry], current):
                    return stored
                continue
            (result,) = self._insert([entry])
            if result is Insert.REFUSED:
                raise _RefusedError
            if result is Insert.STORED:
                return {entry.key: entry}
        logger.error("entry not stored", extra={"correlation_id": entry.image.image_id})
        return {}

    def _insert(self, entries: Sequence[Entry]) -> list[Insert]:
        return insert(self._dynamodb, self._table, [entry.to_item() for entry in entries], self._wait)

    def _transact(self, entries: Sequence[Entry], current: CurrentEntries) -> dict[ImageKey, Entry | None]:
        """Store entries of images that have one; return the current ones, none if DynamoDB cancels the transaction.

        Raises _RefusedError.
        """
        writes = [write for entry in entries for write in self._writes(entry, current)]
        try:
            if writes:
                self._dynamodb.transact_write_items(TransactItems=writes)
        except ClientError as error:
            if is_refused(error):
                raise _RefusedError from error
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            return {}
        return {entry.key: _current_after(entry, current) for entry in entries}

    def _writes(self, entry: Entry, current: CurrentEntries) -> list["TransactWriteItemTypeDef"]:
        existing = current[entry.key]
        if existing is None or existing.order == entry.order:
            return []
        if _supersedes(entry, existing):
            return [replace_current(self._table, entry, existing), put_earlier(self._answers, existing)]
        return [count_earlier(self._table, existing), put_earlier(self._answers, entry)] if entry.request else []


def _current_after(entry: Entry, current: CurrentEntries) -> Entry | None:
    """Return the current entry once an entry has been added where `current` was current."""
    existing = current[entry.key]
    return (
        replace(entry, earlier=existing.earlier + 1, place=existing.place)
        if existing and _supersedes(entry, existing)
        else existing
    )


def _supersedes(entry: Entry, existing: Entry) -> bool:
    """Return whether an entry becomes the current one of its image.

    A request to recognize again that ends in a rejection takes no recognition away: it is an earlier entry.
    """
    failed = bool(entry.request) and isinstance(entry.outcome, Rejection) and isinstance(existing.outcome, Recognition)
    return existing.order < entry.order and not failed
