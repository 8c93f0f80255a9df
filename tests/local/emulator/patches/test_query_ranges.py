"""The narrowed query against MiniStack's own, over the same items."""

import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import dynamodb

from local.emulator.patches import query_ranges

TABLE = "places"
KEYS = {"pk": "HASH", "sk": "RANGE"}


def key(number: int) -> str:
    return f"img_{number:04}"


@pytest.fixture
def table() -> Iterator[None]:
    """A table with two partitions, filled in random order."""
    dynamodb._create_table(
        {
            "TableName": TABLE,
            "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in KEYS.items()],
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in KEYS],
            "BillingMode": "PAY_PER_REQUEST",
        }
    )
    for number in random.Random(0).sample(range(0, 200, 2), 100):
        put("ann", number)
        put("bob", number + 1)
    yield
    dynamodb._delete_table({"TableName": TABLE})


def put(pk: str, number: int) -> None:
    item = {"pk": {"S": pk}, "sk": {"S": key(number)}, "even": {"BOOL": number % 4 == 0}}
    assert dynamodb._put_item({"TableName": TABLE, "Item": item})[0] == 200


def request(**fields: Any) -> dict[str, Any]:
    """Return a query of ann's items."""
    return {
        "TableName": TABLE,
        "KeyConditionExpression": "#key = :key",
        "ExpressionAttributeNames": {"#key": "pk"},
        "ExpressionAttributeValues": {":key": {"S": "ann"}},
    } | fields


def between(first: int, last: int, **fields: Any) -> dict[str, Any]:
    values = {":key": {"S": "ann"}, ":first": {"S": key(first)}, ":last": {"S": key(last)}}
    condition = "#key = :key AND sk BETWEEN :first AND :last"
    return request(KeyConditionExpression=condition, ExpressionAttributeValues=values, **fields)


def decoded(response: Any) -> tuple[int, Any]:
    return response[0], json.loads(response[2])


STARTS = [{}, *({"ExclusiveStartKey": {"pk": {"S": "ann"}, "sk": {"S": key(number)}}} for number in (50, 51))]
PAGES = [
    {"Limit": limit, "ScanIndexForward": forward} | start
    for limit, forward, start in itertools.product((1, 7, 100, 1000), (True, False), STARTS)
]


@pytest.mark.parametrize("page", PAGES, ids=str)
@pytest.mark.usefixtures("table")
def test_the_response_is_that_of_the_whole_partition(page: dict[str, Any]) -> None:
    for query in (request(**page), between(20, 120, **page), between(21, 121, **page), between(500, 600, **page)):
        assert decoded(query_ranges.query(query)) == decoded(query_ranges._query_partition(query))


@pytest.mark.usefixtures("table")
def test_added_and_deleted_items_are_seen() -> None:
    query_ranges.query(request(Limit=3))
    put("ann", 33)
    put("ann", 2)
    dynamodb._delete_item({"TableName": TABLE, "Key": {"pk": {"S": "ann"}, "sk": {"S": key(34)}}})
    narrow = between(30, 40, Limit=10)
    assert decoded(query_ranges.query(narrow)) == decoded(query_ranges._query_partition(narrow))
    seen = [item["sk"]["S"] for item in decoded(query_ranges.query(narrow))[1]["Items"]]
    assert seen == [key(n) for n in (30, 32, 33, 36, 38, 40)]


@pytest.mark.usefixtures("table")
def test_a_filter_applies_to_the_items_read() -> None:
    narrow = request(Limit=10, FilterExpression="even = :yes")
    narrow["ExpressionAttributeValues"] |= {":yes": {"BOOL": True}}
    body = decoded(query_ranges.query(narrow))[1]
    assert (body["Count"], body["ScannedCount"]) == (5, 10)


@pytest.mark.usefixtures("table")
def test_the_number_of_items_read_does_not_grow_with_the_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated, evaluate = list[Any](), dynamodb._evaluate_condition

    def counted(*args: Any, **kwargs: Any) -> Any:
        evaluated.append(args)
        return evaluate(*args, **kwargs)

    monkeypatch.setattr(dynamodb, "_evaluate_condition", counted)
    query_ranges.query(request(Limit=7))
    assert 7 <= len(evaluated) <= 9


@pytest.mark.usefixtures("table")
def test_another_partition_and_a_missing_one_are_unchanged() -> None:
    for owner in ("bob", "nobody"):
        narrow = request(Limit=5) | {"ExpressionAttributeValues": {":key": {"S": owner}}}
        assert decoded(query_ranges.query(narrow)) == decoded(query_ranges._query_partition(narrow))
