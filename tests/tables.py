"""DynamoDB in memory: as much of it as recognise and deliver ask for, a thousand times as fast as moto.

`before` is called before each operation; what it raises is how a function dies there. A batch of rows that dies leaves
half of them written, for no transaction holds them together.
"""

# ruff: noqa: N803 (arguments are named as botocore names them)

import re
from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any

Item = dict[str, Any]

_COMPARED = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}
_COMMA = re.compile(r", (?![^(]*\))")
_CLAUSE = re.compile(r"(SET|ADD|REMOVE) (.*?)(?= (?:SET|ADD|REMOVE) |$)")


class DiedError(BaseException):
    """The function died; nobody catches that."""


class RefusedError(Exception):
    """A condition did not hold."""


class Tables:
    """By name, with the names of their keys; every read is consistent."""

    def __init__(self, keys: Mapping[str, tuple[str, str]]) -> None:
        self.keys, self.before = keys, _nothing
        self.rows: dict[str, dict[tuple[str, str], Item]] = {table: {} for table in keys}
        self.exceptions = _Exceptions

    def all(self, table: str) -> list[Item]:
        """A table's rows."""
        return list(self.rows[table].values())

    def batch_get_item(self, RequestItems: Mapping[str, Any]) -> Item:
        self.before("BatchGetItem")
        return {"Responses": {table: self._found(table, asked["Keys"]) for table, asked in RequestItems.items()}}

    def batch_write_item(self, RequestItems: Mapping[str, Any]) -> Item:
        writes = [(table, key) for table, asked in RequestItems.items() for key in asked]
        try:
            self.before("BatchWriteItem")
        except DiedError:
            self._write(writes[: len(writes) // 2])
            raise
        self._write(writes)
        return {}

    def transact_write_items(self, TransactItems: list[Item]) -> None:
        self.before("TransactWriteItems")
        updates = [write["Update"] for write in TransactItems if "Update" in write]
        if not all(map(self._allowed, updates)):
            raise RefusedError
        for update in updates:
            self._update(update)
        self._write(
            [(write["Put"]["TableName"], {"PutRequest": write["Put"]}) for write in TransactItems if "Put" in write]
        )

    def update_item(self, **asked: Any) -> Item:
        self.before("UpdateItem")
        if not self._allowed(asked):
            raise RefusedError
        return {"Attributes": self._update(asked)}

    def put_item(self, TableName: str, Item: Item) -> None:
        self.before("PutItem")
        self._write([(TableName, {"PutRequest": {"Item": Item}})])

    def query(self, TableName: str, ExpressionAttributeValues: Item, ScanIndexForward: bool = True, **_: Any) -> Item:
        """The rows of one partition."""
        self.before("Query")
        (whose,) = [value["S"] for value in ExpressionAttributeValues.values()]
        rows = self.rows[TableName]
        return {"Items": [dict(rows[at]) for at in sorted(rows, reverse=not ScanIndexForward) if at[0] == whose]}

    def _found(self, table: str, keys: list[Item]) -> list[Item]:
        return [dict(row) for key in keys if (row := self.rows[table].get(self._at(table, key)))]

    def _at(self, table: str, row: Item) -> tuple[str, str]:
        first, second = self.keys[table]
        return row[first]["S"], row[second]["S"]

    def _write(self, writes: list[tuple[str, Item]]) -> None:
        for table, write in writes:
            if "PutRequest" in write:
                row = write["PutRequest"]["Item"]
                self.rows[table][self._at(table, row)] = dict(row)
            else:
                self.rows[table].pop(self._at(table, write["DeleteRequest"]["Key"]), None)

    def _allowed(self, asked: Item) -> bool:
        row = self.rows[asked["TableName"]].get(self._at(asked["TableName"], asked["Key"]), {})
        wanted = asked.get("ConditionExpression")
        return not wanted or all(_any(condition, row, asked) for condition in wanted.split(" AND "))

    def _update(self, asked: Item) -> Item:
        table = asked["TableName"]
        row = self.rows[table].setdefault(self._at(table, asked["Key"]), dict(asked["Key"]))
        for how, changes in _CLAUSE.findall(asked["UpdateExpression"]):
            for change in _COMMA.split(changes):
                _CHANGES[how](row, change, asked)
        return dict(row)


class _Exceptions:
    TransactionCanceledException = ConditionalCheckFailedException = RefusedError


def _nothing(operation: str) -> None:
    """Nobody dies."""


def _any(wanted: str, row: Item, asked: Item) -> bool:
    alternatives = wanted[1:-1].split(" OR ") if wanted.startswith("(") else [wanted]
    return any(_holds(alternative, row, asked) for alternative in alternatives)


def _holds(wanted: str, row: Item, asked: Item) -> bool:
    if there := re.fullmatch(r"attribute_(not_)?exists\((\w+)\)", wanted):
        return (there[2] in row) == (not there[1])
    name, compared, value = wanted.split()
    return name in row and bool(
        _COMPARED[compared](_plain(row[name]), _plain(asked["ExpressionAttributeValues"][value]))
    )


def _set(row: Item, change: str, asked: Item) -> None:
    name, _, value = change.partition(" = ")
    row[_name(name, asked)] = _value(value, row, asked)


def _value(said: str, row: Item, asked: Item) -> Item:
    if first := re.fullmatch(r"if_not_exists\((\w+), (:\w+)\)", said):
        return dict(row.get(first[1], asked["ExpressionAttributeValues"][first[2]]))
    if added := re.fullmatch(r"(\w+) \+ (:\w+)", said):
        return _sum(row[added[1]], asked["ExpressionAttributeValues"][added[2]])
    return dict(asked["ExpressionAttributeValues"][said])


def _add(row: Item, change: str, asked: Item) -> None:
    name, value = change.split()
    name = _name(name, asked)
    row[name] = _sum(row.get(name, {"N": "0"}), asked["ExpressionAttributeValues"][value])


def _remove(row: Item, change: str, asked: Item) -> None:
    row.pop(_name(change, asked), None)


def _sum(one: Item, other: Item) -> Item:
    return {"N": f"{round(_plain(one) + _plain(other), 3):.15g}"}


def _plain(value: Item) -> Any:
    ((kind, said),) = value.items()
    return float(said) if kind == "N" else said


def _name(said: str, asked: Item) -> str:
    return asked["ExpressionAttributeNames"][said] if said.startswith("#") else said


_CHANGES: Mapping[str, Callable[[Item, str, Item], None]] = {"SET": _set, "ADD": _add, "REMOVE": _remove}
