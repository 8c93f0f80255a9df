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
        response = self._dynamodb.get_item(
            TableName=self._table, Key=key.to_item(), ProjectionExpression="image_id", ConsistentRead=True
        )
        return "Item" in response

    def mark(self, key: ImageKey, expires: int) -> Entry | None:
        """Mark an image as erased; return its entry, None if the row has no entry.

        The row keeps the entry, so a repeated erasure finds what an interrupted one has left.
        """
        row = self._dynamodb.update_item(
            TableName=self._table,
            Key=key.to_item(),
            UpdateExpression="SET sequencer = :erased, expires = :expires",
            ExpressionAttributeValues={":erased": {"S": ERASED_ORDER}, ":expires": {"N": str(expires)}},
            ReturnValues="ALL_NEW",
        )["Attributes"]
        return Entry.from_item(row) if "body" in row else None

    def put(self, key: ImageKey, expires: int) -> None:
        """Replace the row with a tombstone."""
        tombstone: Item = {"sequencer": {"S": ERASED_ORDER}, "expires": {"N": str(expires)}}
        self._dynamodb.put_item(TableName=self._table, Item=key.to_item() | tombstone)
