"""What a transaction does to keep an answer, and to put aside the one that it replaces."""

from typing import Any

from recognition.results.runtime.entry import Entry
from wire.aws.rows import Item


def key_of(owner: str, image_id: str) -> Item:
    """What an image's row is found by."""
    return {"owner": {"S": owner}, "image_id": {"S": image_id}}


def keep(table: str, entry: Entry, over: Entry | None = None) -> dict[str, Any]:
    """Let an entry be the one that stands, over just this one or none; what people said of the image stays."""
    key = key_of(*entry.key)
    row = {name: value for name, value in entry.to_item().items() if name not in key}
    condition, values, counted = "attribute_not_exists(image_id)", dict(row), ""
    if over:
        # Counted by the table, for an answer put aside meanwhile is counted without another order.
        condition, counted = "sequencer = :over", " ADD earlier :one"
        values |= {"over": {"S": over.order}, "one": {"N": "1"}}
    return {
        "Update": {
            "TableName": table,
            "Key": key,
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in row) + counted,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {f"#{name}": name for name in row},
            "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
        }
    }


def count(table: str, standing: Entry) -> dict[str, Any]:
    """Count one more answer beside the one that stands."""
    return {
        "Update": {
            "TableName": table,
            "Key": key_of(*standing.key),
            "UpdateExpression": "ADD earlier :one",
            "ConditionExpression": "sequencer = :standing",
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":standing": {"S": standing.order}},
        }
    }


def put_aside(table: str, entry: Entry) -> dict[str, Any]:
    """Keep an answer among an image's earlier ones."""
    about: Item = {"about": {"S": "/".join(entry.key)}, "answer": {"S": f"{entry.at}/{entry.event().event_id}"}}
    return {"Put": {"TableName": table, "Item": entry.to_item() | about}}
