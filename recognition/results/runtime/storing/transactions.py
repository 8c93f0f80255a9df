"""The writes of a transaction that stores a current entry and moves the replaced one to the earlier entries."""

from typing import TYPE_CHECKING

from recognition.results.runtime.entry import Entry
from wire.aws.rows import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def replace_current(table: str, entry: Entry, replaced: Entry) -> "TransactWriteItemTypeDef":
    """Return the write that makes an entry the current one, provided that the current one is `replaced`.

    Corrections stay in the row. DynamoDB adds to the counter, because an earlier entry that another worker has stored
    changes no order.
    """
    return {
        "Update": {
            "TableName": table,
            "Key": replaced.row_key(),
            "UpdateExpression": "SET sequencer = :order, body = :body ADD earlier :one",
            "ConditionExpression": "sequencer = :replaced",
            "ExpressionAttributeValues": {
                ":order": {"S": entry.order},
                ":body": entry.body(),
                ":replaced": {"S": replaced.order},
                ":one": {"N": "1"},
            },
        }
    }


def count_earlier(table: str, current: Entry) -> "TransactWriteItemTypeDef":
    """Return the write that counts one more earlier entry of an image, provided that `current` is its current entry."""
    return {
        "Update": {
            "TableName": table,
            "Key": current.row_key(),
            "UpdateExpression": "ADD earlier :one",
            "ConditionExpression": "sequencer = :current",
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":current": {"S": current.order}},
        }
    }


def put_earlier(table: str, entry: Entry) -> "TransactWriteItemTypeDef":
    """Return the write that stores an entry among the earlier entries of its image."""
    key: Item = {"about": {"S": entry.key.about}, "answer": {"S": entry.stored_as}}
    return {"Put": {"TableName": table, "Item": entry.to_item() | key}}
