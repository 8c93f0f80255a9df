"""The answers an image had before the one that stands."""

from typing import Any

from recognition.results.runtime.entry import Entry
from wire.aws.rows import Item

MOST_SHOWN = 20


class History:
    """Rows of the answers table, keyed by owner and image id, and then by when each was given."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def newest(self, entry: Entry) -> list[Entry]:
        """The answers before this one, newest first, at most twenty; no request where there are none."""
        items: list[Item] = []
        start: dict[str, Any] = {}
        while entry.earlier and len(items) < MOST_SHOWN:
            answer = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="about = :about",
                ExpressionAttributeValues={":about": {"S": "/".join(entry.key)}},
                ScanIndexForward=False,
                ConsistentRead=True,
                Limit=MOST_SHOWN - len(items),
                **start,
            )
            items += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                break
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return [Entry.from_item(each) for each in items]
