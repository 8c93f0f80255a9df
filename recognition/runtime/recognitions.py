"""The Recognitions kept in DynamoDB, keyed by owner and time-ordered image id."""

from collections.abc import Iterable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from domain.entry import Entry, Item
from domain.image import Image

_NEWER = "attribute_not_exists(image_id) OR sequencer < :sequencer"


class Recognitions:
    """The collection; every method raises botocore's ClientError when DynamoDB refuses."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def of(self, images: Iterable[Image]) -> dict[tuple[str, str], Entry]:
        """The entries that stand for these images, by owner and image id; one request per hundred."""
        keys = [_key(owner, image_id) for owner, image_id in {(each.owner, each.image_id) for each in images}]
        found: list[Item] = []
        while keys:
            asked = {self._table: {"Keys": keys[:100], "ConsistentRead": True}}
            answer = self._dynamodb.batch_get_item(RequestItems=asked)
            found += answer["Responses"][self._table]
            keys = keys[100:] + answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
        return {(each["owner"]["S"], each["image_id"]["S"]): Entry.from_item(each) for each in found}

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep each entry unless the same or a newer version of its image is kept; one request when none is."""
        writes = [{"Put": self._put(entry)} for entry in entries]
        try:
            if writes:
                self._dynamodb.transact_write_items(TransactItems=writes)
        except self._dynamodb.exceptions.TransactionCanceledException:
            for entry in entries:
                self._add_one(entry)

    def get(self, owner: str, image_id: str) -> Entry | None:
        """One entry of this owner."""
        item = self._dynamodb.get_item(TableName=self._table, Key=_key(owner, image_id)).get("Item")
        return Entry.from_item(item) if item else None

    def page(self, owner: str, limit: int, before: str | None) -> tuple[list[Entry], str | None]:
        """The owner's newest entries older than image id `before`, and the id to go on from."""
        start = {"ExclusiveStartKey": _key(owner, before)} if before else {}
        answer = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": owner}},
            ScanIndexForward=False,
            Limit=limit,
            **start,
        )
        last = answer.get("LastEvaluatedKey")
        return [Entry.from_item(each) for each in answer["Items"]], last["image_id"]["S"] if last else None

    def _put(self, entry: Entry) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Item": entry.to_item(),
            "ConditionExpression": _NEWER,
            "ExpressionAttributeValues": {":sequencer": {"S": entry.image.sequencer}},
        }

    def _add_one(self, entry: Entry) -> None:
        try:
            self._dynamodb.put_item(**self._put(entry))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _key(owner: str, image_id: str) -> Item:
    return {"owner": {"S": owner}, "image_id": {"S": image_id}}
