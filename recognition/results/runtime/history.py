"""The earlier entries of an image: those that its current entry has replaced."""

from itertools import islice
from typing import TYPE_CHECKING

from recognition.results.runtime.entry import Entry
from wire.aws import rows

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

MOST_SHOWN = 20


class History:
    """Rows of the answers table, keyed by owner and image ID (`about`), then by the time of the outcome (`answer`)."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def newest(self, entry: Entry) -> list[Entry]:
        """Return at most twenty earlier entries, newest first; makes no call if there are none."""
        if not entry.earlier:
            return []
        items = rows.query(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="about = :about",
            ExpressionAttributeValues={":about": {"S": entry.key.about}},
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=MOST_SHOWN,
        )
        return [Entry.from_item(item) for item in islice(items, MOST_SHOWN)]
