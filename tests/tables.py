"""DynamoDB in memory: the operations that recognize and deliver use, a thousand times as fast as moto.

`before` is called before each operation; an exception that it raises simulates a crash there. A batch write that
crashes leaves half of its rows written, since it is no transaction.
"""

# ruff: noqa: N803 (arguments are named as botocore names them)

import re
from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]

_COMPARISONS = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}
_COMMA = re.compile(r", (?![^(]*\))")
_CLAUSE = re.compile(r"(SET|ADD|REMOVE) (.*?)(?= (?:SET|ADD|REMOVE) |$)")


class CrashError(BaseException):
    """A simulated crash, which no code under test catches."""


class RefusedError(ClientError):
    """A condition did not hold: of a transaction, or of one update."""

    def __init__(self, operation: str, code: str) -> None:
        super().__init__({"Error": {"Code": code, "Message": "The condition does not hold."}}, operation)


class Tables:
    """Tables by name, with the names of their keys; every read is consistent."""

    def __init__(self, keys: Mapping[str, tuple[str, str]]) -> None:
        self.keys, self.before = keys, _nothing
        self.rows: dict[str, dict[tuple[str, str], Item]] = {table: {} for table in keys}
        self.exceptions = _Exceptions

    def all(self, table: str) -> list[Item]:
        """Return a table's rows."""
        return list(self.rows[table].values())

    def batch_get_item(self, RequestItems: Mapping[str, Any]) -> Item:
        self.before("BatchGetItem")
        return {"Responses": {table: self._found(table, request["Keys"]) for table, request in RequestItems.items()}}

    def batch_write_item(self, RequestItems: Mapping[str, Any]) -> Item:
        writes = [(table, write) for table, requests in RequestItems.items() for write in requests]
        try:
            self.before("BatchWriteItem")
        except CrashError:
            self._write(writes[: len(writes) // 2])
            raise
        self._write(writes)
        return {}

    def transact_write_items(self, TransactItems: list[Item]) -> None:
        self.before("TransactWriteItems")
        updates = [write["Update"] for write in TransactItems if "Update" in write]
        if not all(map(self._allowed, updates)):
            raise RefusedError("TransactWriteItems", "TransactionCanceledException")
        for update in updates:
            self._update(update)
        self._write(
            [(write["Put"]["TableName"], {"PutRequest": write["Put"]}) for write in TransactItems if "Put" in write]
        )

    def batch_execute_statement(self, Statements: list[Item]) -> Item:
        """Insert rows; a crash leaves half of them inserted, since it is no transaction."""
        try:
            self.before("BatchExecuteStatement")
        except CrashError:
            list(map(self._insert, Statements[: len(Statements) // 2]))
            raise
        return {"Responses": list(map(self._insert, Statements))}

    def update_item(self, **update: Any) -> Item:
        self.before("UpdateItem")
        if not self._allowed(update):
            raise RefusedError("UpdateItem", "ConditionalCheckFailedException")
        return {"Attributes": self._update(update)}

    def put_item(self, TableName: str, Item: Item) -> None:
        self.before("PutItem")
        self._write([(TableName, {"PutRequest": {"Item": Item}})])

    def query(self, TableName: str, ExpressionAttributeValues: Item, ScanIndexForward: bool = True, **_: Any) -> Item:
        """Return the rows of one partition."""
        self.before("Query")
        (partition,) = [value["S"] for value in ExpressionAttributeValues.values()]
        rows = self.rows[TableName]
        return {"Items": [dict(rows[key]) for key in sorted(rows, reverse=not ScanIndexForward) if key[0] == partition]}

    def _found(self, table: str, keys: list[Item]) -> list[Item]:
        return [dict(row) for key in keys if (row := self.rows[table].get(self._at(table, key)))]

    def _at(self, table: str, row: Item) -> tuple[str, str]:
        partition, sort = self.keys[table]
        return row[partition]["S"], row[sort]["S"]

    def _write(self, writes: list[tuple[str, Item]]) -> None:
        for table, write in writes:
            if "PutRequest" in write:
                row = write["PutRequest"]["Item"]
                self.rows[table][self._at(table, row)] = dict(row)
            else:
                self.rows[table].pop(self._at(table, write["DeleteRequest"]["Key"]), None)

    def _insert(self, statement: Item) -> Item:
        table, names = re.fullmatch(r'INSERT INTO "(.+?)" VALUE {(.+)}', statement["Statement"]).groups()  # type: ignore[union-attr]
        row = dict(zip(re.findall(r"'(\w+)': \?", names), statement["Parameters"], strict=True))
        if self._at(table, row) in self.rows[table]:
            return {"Error": {"Code": "DuplicateItem"}}
        self._write([(table, {"PutRequest": {"Item": row}})])
        return {}

    def _allowed(self, update: Item) -> bool:
        row = self.rows[update["TableName"]].get(self._at(update["TableName"], update["Key"]), {})
        wanted = update.get("ConditionExpression")
        return not wanted or all(_any(condition, row, update) for condition in wanted.split(" AND "))

    def _update(self, update: Item) -> Item:
        table = update["TableName"]
        row = self.rows[table].setdefault(self._at(table, update["Key"]), dict(update["Key"]))
        for how, changes in _CLAUSE.findall(update["UpdateExpression"]):
            for change in _COMMA.split(changes):
                _CHANGES[how](row, change, update)
        return dict(row)


class _Exceptions:
    TransactionCanceledException = ConditionalCheckFailedException = RefusedError


def _nothing(operation: str) -> None:
    """Crash nowhere."""


def _any(wanted: str, row: Item, update: Item) -> bool:
    alternatives = wanted[1:-1].split(" OR ") if wanted.startswith("(") else [wanted]
    return any(_holds(alternative, row, update) for alternative in alternatives)


def _holds(wanted: str, row: Item, update: Item) -> bool:
    if exists := re.fullmatch(r"attribute_(not_)?exists\((\w+)\)", wanted):
        return (exists[2] in row) == (not exists[1])
    name, compared, value = wanted.split()
    return name in row and bool(
        _COMPARISONS[compared](_plain(row[name]), _plain(update["ExpressionAttributeValues"][value]))
    )


def _set(row: Item, change: str, update: Item) -> None:
    name, _, value = change.partition(" = ")
    row[_name(name, update)] = _value(value, row, update)


def _value(operand: str, row: Item, update: Item) -> Item:
    if first := re.fullmatch(r"if_not_exists\((\w+), (:\w+)\)", operand):
        return dict(row.get(first[1], update["ExpressionAttributeValues"][first[2]]))
    if added := re.fullmatch(r"(\w+) \+ (:\w+)", operand):
        return _sum(row[added[1]], update["ExpressionAttributeValues"][added[2]])
    return dict(update["ExpressionAttributeValues"][operand])


def _add(row: Item, change: str, update: Item) -> None:
    name, value = change.split()
    name = _name(name, update)
    row[name] = _sum(row.get(name, {"N": "0"}), update["ExpressionAttributeValues"][value])


def _remove(row: Item, change: str, update: Item) -> None:
    row.pop(_name(change, update), None)


def _sum(one: Item, other: Item) -> Item:
    return {"N": f"{round(_plain(one) + _plain(other), 3):.15g}"}


def _plain(value: Item) -> Any:
    ((kind, content),) = value.items()
    return float(content) if kind == "N" else content


def _name(operand: str, update: Item) -> str:
    return update["ExpressionAttributeNames"][operand] if operand.startswith("#") else operand


_CHANGES: Mapping[str, Callable[[Item, str, Item], None]] = {"SET": _set, "ADD": _add, "REMOVE": _remove}
