"""Rows of DynamoDB tables, read and written many at a time; rows that a call leaves unprocessed are sent again.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        KeysAndAttributesTypeDef,
        WriteRequestTypeDef,
        WriteRequestUnionTypeDef,
    )

T = TypeVar("T")

Item = dict[str, "AttributeValueTypeDef"]
"""A row or a key: its attributes by name, each as `{type: value}`."""

Write = tuple[str, "WriteRequestTypeDef"]
"""The name of a table, and a row to put there or to delete."""

_REFUSALS = ("ValidationException", "SerializationException")
_MOST_READS, _MOST_WRITES = 100, 25
_ROUNDS = 8


class UndoneError(Exception):
    """DynamoDB has left rows unprocessed after eight calls."""


def put(table: str, row: Item) -> Write:
    """Return the write that stores a row and replaces a row with the same key."""
    return table, {"PutRequest": {"Item": row}}


def delete(table: str, key: Item) -> Write:
    """Return the write that deletes the row with this key, if there is one."""
    return table, {"DeleteRequest": {"Key": key}}


def is_refused(error: "ClientError") -> bool:
    """Return whether DynamoDB refuses what is to be written, such as a row of over 400 kB, whatever the table holds."""
    reasons = error.response.get("CancellationReasons", [])
    return error.response["Error"]["Code"] in _REFUSALS or any(
        reason.get("Code") == "ValidationError" for reason in reasons
    )


def write(
    dynamodb: "DynamoDBClient",
    writes: Iterable[Write],
    wait: Callable[[float], None] = time.sleep,
    refused: list[Write] | None = None,
) -> None:
    """Write rows, twenty-five per call, each on its own; no two may have the same key. Raises UndoneError.

    A row that DynamoDB refuses costs no other one: it is added to `refused`. Without that list, the error of the first
    such row is raised once all others are written.
    """
    waiting, errors = iter(writes), list["ClientError"]()
    while batch := _by_table(islice(waiting, _MOST_WRITES)):
        for rejected, error in _write_batch(dynamodb, batch, wait):
            if refused is None:
                errors.append(error)
            else:
                refused.append(rejected)
    if errors:
        raise errors[0]


def _write_batch(
    dynamodb: "DynamoDBClient", batch: "Mapping[str, Sequence[WriteRequestUnionTypeDef]]", wait: Callable[[float], None]
) -> list[tuple[Write, "ClientError"]]:
    """Write one call's rows; return those that DynamoDB refuses, found one by one, with the error of each."""
    from botocore.exceptions import ClientError  # late: deliver starts without botocore

    for pause in range(_ROUNDS):
        try:
            batch = dynamodb.batch_write_item(RequestItems=batch).get("UnprocessedItems", {})
        except ClientError as error:
            if not is_refused(error):
                raise
            singles: list[Write] = [
                (table, cast("WriteRequestTypeDef", row)) for table in batch for row in batch[table]
            ]
            if len(singles) == 1:
                return [(singles[0], error)]
            return [found for table, row in singles for found in _write_batch(dynamodb, {table: [row]}, wait)]
        if not batch:
            return []
        wait(0.05 * 2**pause)
    raise UndoneError(f"rows of {', '.join(batch)} were not written")


def read(
    dynamodb: "DynamoDBClient",
    keys: Mapping[str, Sequence[Item]],
    *,
    consistent: Collection[str] = (),
    only: Collection[str] = (),
    wait: Callable[[float], None] = time.sleep,
) -> dict[str, list[Item]]:
    """Return the rows of these keys by table, read a hundred per call; raises UndoneError.

    Reads of the tables in `consistent` are strongly consistent. `only` names the attributes to read; empty: all.
    """
    waiting = [(table, key) for table, keys_of_table in keys.items() for key in keys_of_table]
    found: dict[str, list[Item]] = {table: [] for table in keys}
    incomplete = 0
    while waiting:
        if incomplete == _ROUNDS:
            raise UndoneError(f"{len(waiting)} rows were not read")
        batch: dict[str, KeysAndAttributesTypeDef] = {
            table: _requested_keys(batch_keys, consistent=table in consistent, only=only)
            for table, batch_keys in _by_table(waiting[:_MOST_READS]).items()
        }
        response = dynamodb.batch_get_item(RequestItems=batch)
        for table, rows in response["Responses"].items():
            found[table] += rows
        unprocessed = response.get("UnprocessedKeys", {})
        left = [(table, key) for table, requested in unprocessed.items() for key in requested["Keys"]]
        waiting = left + waiting[_MOST_READS:]
        if left:
            wait(0.05 * 2**incomplete)
            incomplete += 1
    return found


def _requested_keys(keys: Sequence[Item], *, consistent: bool, only: Collection[str]) -> "KeysAndAttributesTypeDef":
    if not only:
        return {"Keys": keys, "ConsistentRead": consistent}
    names = {f"#{name}": name for name in only}
    projection = ", ".join(names)
    return {
        "Keys": keys,
        "ConsistentRead": consistent,
        "ProjectionExpression": projection,
        "ExpressionAttributeNames": names,
    }


def query(dynamodb: "DynamoDBClient", **arguments: Any) -> Iterator[Item]:
    """Yield every row that a query finds, in the query's order. One call is made per page, when its first row is due.

    `arguments` are those of DynamoDB's Query. `Limit` is the size of a page, not of the result.
    """
    page = dynamodb.query(**arguments)
    yield from page["Items"]
    while start := page.get("LastEvaluatedKey"):
        page = dynamodb.query(**arguments, ExclusiveStartKey=start)
        yield from page["Items"]


def _by_table(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """Group pairs of a table and a value by the table."""
    groups: dict[str, list[T]] = {}
    for table, value in pairs:
        groups.setdefault(table, []).append(value)
    return groups
