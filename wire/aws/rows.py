"""Rows of DynamoDB's tables read and written many at a time; what a call leaves undone is asked for again.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

Item = dict[str, dict[str, Any]]
Write = tuple[str, dict[str, Any]]
"""A table, and what to do there."""

_MOST_READS, _MOST_WRITES = 100, 25
_ROUNDS = 8


class UndoneError(Exception):
    """DynamoDB has left rows undone, however often it was asked."""


def put(table: str, row: Mapping[str, Any]) -> Write:
    """Write a row, over whatever has its key."""
    return table, {"PutRequest": {"Item": row}}


def delete(table: str, key: Mapping[str, Any]) -> Write:
    """Take a row away, if it is there."""
    return table, {"DeleteRequest": {"Key": key}}


def write(dynamodb: Any, writes: Iterable[Write], wait: Callable[[float], None] = time.sleep) -> None:
    """Twenty-five to a call, none of them bound to another; no two may be of one key. Raises UndoneError."""
    waiting = iter(writes)
    while batch := _by_table(islice(waiting, _MOST_WRITES)):
        for pause in range(_ROUNDS):
            batch = dynamodb.batch_write_item(RequestItems=batch).get("UnprocessedItems")
            if not batch:
                break
            wait(0.05 * 2**pause)
        else:
            raise UndoneError(f"rows of {', '.join(batch)} were not written")


def read(
    dynamodb: Any,
    keys: Mapping[str, Sequence[Item]],
    *,
    consistent: Collection[str] = (),
    only: Collection[str] = (),
    wait: Callable[[float], None] = time.sleep,
) -> dict[str, list[Item]]:
    """The rows of these keys by table, a hundred to a call; those of `consistent` tables as they are this moment.

    `only` names the attributes wanted, all if none. Raises UndoneError.
    """
    waiting = [(table, key) for table, wanted in keys.items() for key in wanted]
    found: dict[str, list[Item]] = {table: [] for table in keys}
    in_vain = 0
    while waiting:
        if in_vain == _ROUNDS:
            raise UndoneError(f"{len(waiting)} rows were not read")
        batch = {
            table: {"Keys": wanted, "ConsistentRead": table in consistent, **_only(only)}
            for table, wanted in _by_table(waiting[:_MOST_READS]).items()
        }
        answer = dynamodb.batch_get_item(RequestItems=batch)
        for table, rows in answer["Responses"].items():
            found[table] += rows
        left = [(table, key) for table, each in answer.get("UnprocessedKeys", {}).items() for key in each["Keys"]]
        waiting = left + waiting[_MOST_READS:]
        if left:
            wait(0.05 * 2**in_vain)
            in_vain += 1
    return found


def query(dynamodb: "DynamoDBClient", **arguments: Any) -> Iterator[Item]:
    """Yield every row that a query finds, in the query's order. One call is made per page, when its first row is due.

    `arguments` are those of DynamoDB's Query. `Limit` is the size of a page, not of the result.
    """
    page = dynamodb.query(**arguments)
    yield from page["Items"]
    while start := page.get("LastEvaluatedKey"):
        page = dynamodb.query(**arguments, ExclusiveStartKey=start)
        yield from page["Items"]


def _only(attributes: Collection[str]) -> dict[str, Any]:
    if not attributes:
        return {}
    names = {f"#{name}": name for name in attributes}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}


def _by_table(each: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    gathered: dict[str, list[Any]] = {}
    for table, what in each:
        gathered.setdefault(table, []).append(what)
    return gathered
