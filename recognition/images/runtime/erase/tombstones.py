"""Tombstones: the rows that erased images leave for a while, so that no queued message restores them."""

from typing import TYPE_CHECKING

from recognition.results.runtime.entry import ERASED_ORDER, Entry
from recognition.results.runtime.keys import ImageKey
from wire.aws.rows import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


class Tombstones:
    """The tombstones in the recognitions table. `expires` is in seconds since 1970."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def has_row(self, key: ImageKey) -> bool:
        """Return whether an image has a row: an entry or a tombstone."""
        return any(map(self._exists, key.items()))

    def mark(self, key: ImageKey, expires: int) -> list[Entry]:
        """Mark an image as erased; return its entry, none if the row has no entry.

        The row keeps the entry, so a repeated erasure finds what an interrupted one has left. An image that was stored
        in two places, in the moments of a deployment, has two.
        """
        marked = [
            self._dynamodb.update_item(
                TableName=self._table,
                Key=place,
                UpdateExpression="SET sequencer = :erased, expires = :expires",
                ExpressionAttributeValues={":erased": {"S": ERASED_ORDER}, ":expires": {"N": str(expires)}},
                ReturnValues="ALL_NEW",
            )["Attributes"]
            for place in self._places(key)
        ]
        return [Entry.from_item(row) for row in marked if "body" in row]

    def put(self, key: ImageKey, expires: int) -> None:
        """Replace the row with a tombstone."""
        tombstone: Item = {"sequencer": {"S": ERASED_ORDER}, "expires": {"N": str(expires)}}
        for place in self._places(key):
            self._dynamodb.put_item(TableName=self._table, Item=place | tombstone)

    def _places(self, key: ImageKey) -> list[Item]:
        """Return the keys of the image's rows; that of a new row if there is none."""
        new, *older = key.items()
        return [place for place in (new, *older) if self._exists(place)] or [new] if older else [new]

    def _exists(self, place: Item) -> bool:
        response = self._dynamodb.get_item(
            TableName=self._table, Key=place, ProjectionExpression="image_id", ConsistentRead=True
        )
        return "Item" in response
