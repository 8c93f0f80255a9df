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
    """Two partitions of texts, filled in no order."""
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


def asked(**more: Any) -> dict[str, Any]:
    """A query of ann's items."""
    return {
        "TableName": TABLE,
        "KeyConditionExpression": "#key = :key",
        "ExpressionAttributeNames": {"#key": "pk"},
        "ExpressionAttributeValues": {":key": {"S": "ann"}},
    } | more


def between(first: int, last: int, **more: Any) -> dict[str, Any]:
    values = {":key": {"S": "ann"}, ":first": {"S": key(first)}, ":last": {"S": key(last)}}
    condition = "#key = :key AND sk BETWEEN :first AND :last"
    return asked(KeyConditionExpression=condition, ExpressionAttributeValues=values, **more)


def told(answer: Any) -> tuple[int, Any]:
    return answer[0], json.loads(answer[2])


STARTS = [{}, *({"ExclusiveStartKey": {"pk": {"S": "ann"}, "sk": {"S": key(number)}}} for number in (50, 51))]
WISHES = [
    {"Limit": limit, "ScanIndexForward": forward} | start
    for limit, forward, start in itertools.product((1, 7, 100, 1000), (True, False), STARTS)
]


@pytest.mark.parametrize("wish", WISHES, ids=str)
@pytest.mark.usefixtures("table")
def test_it_answers_as_the_whole_partition_would(wish: dict[str, Any]) -> None:
    for query in (asked(**wish), between(20, 120, **wish), between(21, 121, **wish), between(500, 600, **wish)):
        assert told(query_ranges.query(query)) == told(query_ranges._whole(query))


@pytest.mark.usefixtures("table")
def test_what_comes_and_goes_in_between_is_seen() -> None:
    query_ranges.query(asked(Limit=3))
    put("ann", 33)
    put("ann", 2)
    dynamodb._delete_item({"TableName": TABLE, "Key": {"pk": {"S": "ann"}, "sk": {"S": key(34)}}})
    wish = between(30, 40, Limit=10)
    assert told(query_ranges.query(wish)) == told(query_ranges._whole(wish))
    seen = [item["sk"]["S"] for item in told(query_ranges.query(wish))[1]["Items"]]
    assert seen == [key(n) for n in (30, 32, 33, 36, 38, 40)]


@pytest.mark.usefixtures("table")
def test_a_filter_takes_from_what_was_read_and_no_more_is_read_for_it() -> None:
    wish = asked(Limit=10, FilterExpression="even = :yes")
    wish["ExpressionAttributeValues"] |= {":yes": {"BOOL": True}}
    said = told(query_ranges.query(wish))[1]
    assert (said["Count"], said["ScannedCount"]) == (5, 10)


@pytest.mark.usefixtures("table")
def test_what_is_read_does_not_grow_with_the_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    judged, evaluate = list[Any](), dynamodb._evaluate_condition

    def counted(*asked: Any, **more: Any) -> Any:
        judged.append(asked)
        return evaluate(*asked, **more)

    monkeypatch.setattr(dynamodb, "_evaluate_condition", counted)
    query_ranges.query(asked(Limit=7))
    assert 7 <= len(judged) <= 9


@pytest.mark.usefixtures("table")
def test_another_s_partition_and_none_at_all_are_as_they_were() -> None:
    for owner in ("bob", "nobody"):
        wish = asked(Limit=5) | {"ExpressionAttributeValues": {":key": {"S": owner}}}
        assert told(query_ranges.query(wish)) == told(query_ranges._whole(wish))
