"""The Recognitions kept in DynamoDB, keyed by owner and time-ordered image id, and the answers they replaced."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from domain.image import Image
from recognition.results.runtime.entry import ERASED, Entry, Key
from recognition.results.runtime.transactions import count, keep, key_of, put_aside
from wire.aws import rows
from wire.aws.rows import Item

Standing = Mapping[Key, Entry | None]
"""What stands of images, None where one was erased; of an image that is left out there is nothing yet."""

_UNSEEN: Standing = {}
_CONTESTS = 4


class Recognitions:
    """The collection; every method raises botocore's ClientError when DynamoDB refuses.

    `answers` is the table that the answers before the present one go to.
    """

    def __init__(self, dynamodb: Any, table: str, answers: str = "") -> None:
        self._dynamodb, self._table, self._answers = dynamodb, table, answers

    def of(self, images: Iterable[Image]) -> dict[Key, Entry | None]:
        """What stands of these images, as it is this moment."""
        return self.look_up(images, [])[0]

    def orders(self, entries: Iterable[Entry]) -> dict[Key, str]:
        """The order of what stands of these entries' images, as it is this moment."""
        keys = {self._table: [key_of(*each.key) for each in entries]}
        found = rows.read(self._dynamodb, keys, consistent={self._table}, only=("owner", "image_id", "sequencer"))
        return {(each["owner"]["S"], each["image_id"]["S"]): each["sequencer"]["S"] for each in found[self._table]}

    def look_up(self, images: Iterable[Image], answers: Sequence[Item]) -> tuple[dict[Key, Entry | None], list[Item]]:
        """What stands of these images, and with it, in the same request, these rows of the answers table."""
        keys = [key_of(*key) for key in dict.fromkeys((each.owner, each.image_id) for each in images)]
        asked = {self._table: keys, self._answers: answers}
        found = rows.read(self._dynamodb, asked, consistent={self._table})
        standing = {(each["owner"]["S"], each["image_id"]["S"]): Entry.standing(each) for each in found[self._table]}
        return standing, found[self._answers]

    def add(self, entries: Sequence[Entry], standing: Standing = _UNSEEN) -> list[Entry | None]:
        """Keep each entry unless the same or a newer answer stands; answers what stands of each, None if erased.

        What it replaces goes to the earlier answers in the same transaction; so does an entry that was asked for
        when a newer one stands. It is one request if everything stands as the caller has seen it.
        """
        try:
            self._transact([write for entry in entries for write in self._writes(entry, standing)])
        except self._dynamodb.exceptions.TransactionCanceledException:
            return [self._add_one(entry) for entry in entries]
        return [_stands(entry, standing) for entry in entries]

    def get(self, owner: str, image_id: str) -> Entry | None:
        """One entry of this owner."""
        item = self._dynamodb.get_item(TableName=self._table, Key=key_of(owner, image_id)).get("Item")
        return Entry.standing(item) if item else None

    def by_ids(self, owner: str, image_ids: Sequence[str]) -> list[Entry]:
        """The owner's entries of these ids, in their order, without those that are not there."""
        keys = [key_of(owner, image_id) for image_id in image_ids]
        found = map(Entry.standing, rows.read(self._dynamodb, {self._table: keys})[self._table])
        by_id = {entry.image.image_id: entry for entry in found if entry}
        return [by_id[image_id] for image_id in image_ids if image_id in by_id]

    def correct(self, owner: str, image_id: str, correction: Mapping[str, Any]) -> Entry | None:
        """Keep what a person said beside the answer; the entry with it, None where there is no such image."""
        change = "SET corrections = list_append(if_not_exists(corrections, :none), :said)"
        said = {"L": [{"S": json.dumps(correction, separators=(",", ":"))}]}
        values = {":none": {"L": []}, ":said": said, ":erased": {"S": ERASED}}
        try:
            return Entry.from_item(self._update(owner, image_id, change, values, condition="sequencer < :erased"))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return None

    def has(self, owner: str, image_id: str) -> bool:
        """Whether there is a row, be it that of an erased image."""
        asked = {"Key": key_of(owner, image_id), "ProjectionExpression": "image_id", "ConsistentRead": True}
        return "Item" in self._dynamodb.get_item(TableName=self._table, **asked)

    def bury(self, owner: str, image_id: str, expires: int) -> Entry | None:
        """Let an image count as erased; answers its entry until that is sealed.

        So an erasure that was cut short finds, when it is asked for again, what is still to be erased.
        """
        values = {":erased": {"S": ERASED}, ":expires": {"N": str(expires)}}
        row = self._update(owner, image_id, "SET sequencer = :erased, expires = :expires", values)
        return Entry.from_item(row) if "said" in row else None

    def seal(self, owner: str, image_id: str, expires: int) -> None:
        """Leave nothing of an image but that it was erased, until that second since 1970."""
        left = {"sequencer": {"S": ERASED}, "expires": {"N": str(expires)}}
        self._dynamodb.put_item(TableName=self._table, Item=key_of(owner, image_id) | left)

    def _add_one(self, entry: Entry) -> Entry | None:
        for contest in range(_CONTESTS):
            standing = self.of([entry.image])
            try:
                self._transact(self._writes(entry, standing))
                break
            except self._dynamodb.exceptions.TransactionCanceledException:
                if contest == _CONTESTS - 1:
                    raise
        return _stands(entry, standing)

    def _transact(self, writes: Sequence[Mapping[str, Any]]) -> None:
        if writes:
            self._dynamodb.transact_write_items(TransactItems=writes)

    def _writes(self, entry: Entry, standing: Standing) -> list[dict[str, Any]]:
        if entry.key not in standing:
            return [keep(self._table, entry)]
        over = standing[entry.key]
        if over is None or over.order == entry.order:
            return []
        if over.order < entry.order:
            return [keep(self._table, entry, over), put_aside(self._answers, over)]
        return [count(self._table, over), put_aside(self._answers, entry)] if entry.request else []

    def _update(
        self, owner: str, image_id: str, change: str, values: Mapping[str, Any], *, condition: str = ""
    ) -> Item:
        answer = self._dynamodb.update_item(
            TableName=self._table,
            Key=key_of(owner, image_id),
            UpdateExpression=change,
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
            **({"ConditionExpression": condition} if condition else {}),
        )
        row: Item = answer["Attributes"]
        return row


def _stands(entry: Entry, standing: Standing) -> Entry | None:
    """What stands once an entry was added where this stood."""
    if entry.key not in standing:
        return entry
    over = standing[entry.key]
    return replace(entry, earlier=over.earlier + 1) if over and over.order < entry.order else over
