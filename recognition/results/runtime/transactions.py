"""The writes of a transaction that stores a current entry and moves the replaced one to the earlier entries."""

from typing import TYPE_CHECKING

from recognition.results.runtime.entry import Entry, ImageKey
from wire.aws.rows import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def key_item(key: ImageKey) -> Item:
    """Return the DynamoDB key of an image's row."""
    return {"owner": {"S": key.owner}, "image_id": {"S": key.image_id}}


def put_current(table: str, entry: Entry, replaced: Entry | None = None) -> "TransactWriteItemTypeDef":
    """Return the write that makes an entry the current one, provided that the current one is `replaced`, or none.

    Corrections stay in the row.
    """
    key = key_item(entry.key)
    row = {name: value for name, value in entry.to_item().items() if name not in key}
    condition, values, increment = "attribute_not_exists(image_id)", dict(row), ""
    if replaced:
        # DynamoDB adds to the counter, because an earlier entry that another worker has stored changes no order.
        condition, increment = "sequencer = :replaced", " ADD earlier :one"
        values |= {"replaced": {"S": replaced.order}, "one": {"N": "1"}}
    return {
        "Update": {
            "TableName": table,
            "Key": key,
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in row) + increment,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {f"#{name}": name for name in row},
            "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
        }
    }


def count_earlier(table: str, current: Entry) -> "TransactWriteItemTypeDef":
    """Return the write that counts one more earlier entry of an image, provided that `current` is its current entry."""
    return {
        "Update": {
            "TableName": table,
            "Key": key_item(current.key),
            "UpdateExpression": "ADD earlier :one",
            "ConditionExpression": "sequencer = :current",
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":current": {"S": current.order}},
        }
    }


def put_earlier(table: str, entry: Entry) -> "TransactWriteItemTypeDef":
    """Return the write that stores an entry among the earlier entries of its image."""
    key: Item = {"about": {"S": "/".join(entry.key)}, "answer": {"S": f"{entry.at}/{entry.event().event_id}"}}
    return {"Put": {"TableName": table, "Item": entry.to_item() | key}}
