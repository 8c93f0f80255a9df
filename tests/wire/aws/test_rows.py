"""Rows read and written many at a time: the size of a call, and the rows that it leaves unprocessed."""

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from wire.aws.rows import Item, UndoneError, Write, delete, put, query, read, write

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


class FakeDynamoDB:
    """A DynamoDB that leaves the last row of a call unprocessed, `times` times."""

    def __init__(self, times: int) -> None:
        self.times, self.sizes = times, list[int]()
        self.written: list[tuple[str, Any]] = []

    def batch_write_item(self, **arguments: Any) -> dict[str, Any]:
        """Write all rows, or all but the last."""
        writes = [(table, request) for table, requests in arguments["RequestItems"].items() for request in requests]
        self.sizes.append(len(writes))
        *done, last = writes
        left = self._leave()
        self.written += done if left else writes
        return {"UnprocessedItems": {last[0]: [last[1]]} if left else {}}

    def batch_get_item(self, **arguments: Any) -> dict[str, Any]:
        """Return each key as its row, without the last if it is left unprocessed."""
        reads = [(table, key) for table, request in arguments["RequestItems"].items() for key in request["Keys"]]
        self.sizes.append(len(reads))
        left = reads[-1:] if self._leave() else []
        found: dict[str, list[Any]] = {}
        for table, key in reads:
            if (table, key) not in left:
                found.setdefault(table, []).append(key)
        return {"Responses": found, "UnprocessedKeys": {table: {"Keys": [key]} for table, key in left}}

    def _leave(self) -> bool:
        self.times -= 1
        return self.times >= 0


@pytest.fixture
def waits() -> list[float]:
    """The pauses, in seconds."""
    return []


def unfinished(times: int) -> Any:
    """Return a DynamoDB that leaves a row unprocessed so many times."""
    return FakeDynamoDB(times)


def keys(number: int) -> list[Item]:
    """Return so many keys."""
    return [{"id": {"S": str(n)}} for n in range(number)]


def test_rows_of_all_tables_are_written_twenty_five_per_call(waits: list[float]) -> None:
    dynamodb = unfinished(0)
    writes = [put("a", key) for key in keys(40)] + [delete("b", key) for key in keys(20)]
    write(dynamodb, writes, waits.append)
    assert dynamodb.sizes == [25, 25, 10]
    assert dynamodb.written == writes
    assert waits == []


def test_unprocessed_writes_are_repeated_after_growing_pauses(waits: list[float]) -> None:
    dynamodb = unfinished(3)
    writes = [put("a", key) for key in keys(3)]
    write(dynamodb, writes, waits.append)
    assert dynamodb.sizes == [3, 1, 1, 1]
    assert sorted(map(str, dynamodb.written)) == sorted(map(str, writes))
    assert waits == sorted(set(waits))
    assert len(waits) == 3


def test_writes_that_stay_unprocessed_raise_an_error(waits: list[float]) -> None:
    with pytest.raises(UndoneError, match="rows of a"):
        write(unfinished(99), [put("a", key) for key in keys(2)], waits.append)


def test_rows_of_all_tables_are_read_a_hundred_per_call(waits: list[float]) -> None:
    dynamodb = unfinished(0)
    found = read(dynamodb, {"a": keys(130), "b": keys(2), "c": []}, wait=waits.append)
    assert dynamodb.sizes == [100, 32]
    assert found == {"a": keys(130), "b": keys(2), "c": []}


def test_unprocessed_reads_are_repeated(waits: list[float]) -> None:
    found = read(unfinished(2), {"a": keys(101)}, wait=waits.append)
    assert sorted(int(row["id"]["S"]) for row in found["a"]) == list(range(101))
    assert len(waits) == 2


def test_reads_that_stay_unprocessed_raise_an_error(waits: list[float]) -> None:
    with pytest.raises(UndoneError, match="1 rows"):
        read(unfinished(99), {"a": keys(1)}, wait=waits.append)


def test_no_rows_make_no_call(waits: list[float]) -> None:
    dynamodb = unfinished(0)
    write(dynamodb, [], waits.append)
    assert read(dynamodb, {}, wait=waits.append) == {}
    assert dynamodb.sizes == []


class Paged:
    """A DynamoDB that returns the rows of a query two to a page."""

    def __init__(self, rows: list[Item]) -> None:
        self.rows, self.calls = rows, list[dict[str, Any]]()

    def query(self, **arguments: Any) -> dict[str, Any]:
        """Return the page that starts after `ExclusiveStartKey`."""
        self.calls.append(arguments)
        start = self.rows.index(arguments["ExclusiveStartKey"]) + 1 if "ExclusiveStartKey" in arguments else 0
        page = self.rows[start : start + 2]
        more = start + 2 < len(self.rows)
        return {"Items": page, **({"LastEvaluatedKey": page[-1]} if more else {})}


@pytest.mark.parametrize(("rows", "calls"), [(0, 1), (2, 1), (3, 2), (5, 3)])
def test_a_query_follows_its_pages_to_the_last(rows: int, calls: int) -> None:
    dynamodb = Paged(keys(rows))
    assert list(query(cast("DynamoDBClient", dynamodb), TableName="a", IndexName="b")) == keys(rows)
    assert len(dynamodb.calls) == calls
    assert all(call["TableName"] == "a" and call["IndexName"] == "b" for call in dynamodb.calls)


def test_a_query_reads_the_next_page_only_when_its_rows_are_due() -> None:
    dynamodb = Paged(keys(5))
    found = query(cast("DynamoDBClient", dynamodb), TableName="a")
    assert [next(found), next(found)] == keys(2)
    assert len(dynamodb.calls) == 1
    next(found)
    assert len(dynamodb.calls) == 2


class Refusing(FakeDynamoDB):
    """A DynamoDB that refuses every call with a row `1` or `3`."""

    def batch_write_item(self, **arguments: Any) -> dict[str, Any]:
        """Write all rows or none."""
        if any(f"'id': {{'S': '{n}'}}" in str(arguments) for n in (1, 3)):
            self.sizes.append(0)
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "No."}}, "BatchWriteItem")
        return super().batch_write_item(**arguments)


def refusing() -> Any:
    return Refusing(0)


def test_a_refused_row_costs_no_other_one() -> None:
    dynamodb, refused = refusing(), list[Write]()
    writes = [put("a", key) for key in keys(40)]
    write(dynamodb, writes, refused=refused)
    assert refused == [writes[1], writes[3]]
    assert sorted(map(str, dynamodb.written)) == sorted(str(done) for done in writes if done not in refused)
    assert dynamodb.sizes.count(15) == 1


def test_the_error_of_a_refused_row_is_raised_after_all_others_are_written() -> None:
    dynamodb = refusing()
    with pytest.raises(ClientError):
        write(dynamodb, [put("a", key) for key in keys(40)])
    assert len(dynamodb.written) == 38


def test_a_call_that_fails_for_another_reason_is_not_split() -> None:
    class Denying:
        def batch_write_item(self, **arguments: Any) -> None:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "No."}}, "BatchWriteItem")

    denying: Any = Denying()
    with pytest.raises(ClientError, match="AccessDenied"):
        write(denying, [put("a", key) for key in keys(2)], refused=[])
