"""New rows, many per call: what becomes of each, whatever becomes of the others."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from ministack.services import dynamodb as emulator
from moto import mock_aws

from tests.builders import create_table
from wire.aws.inserts import Insert, InsertError, insert
from wire.aws.rows import Item

TABLE = "Stack-Rows_1.x"


def row(number: int, content: bytes = b"\x00\xff") -> Item:
    """Return a row whose texts look like statements."""
    return {"owner": {"S": 'ann\'? {"S": ?}'}, "image_id": {"S": str(number)}, "body": {"B": content}}


class Failing:
    """A DynamoDB that returns these error codes for the rows of each call, in turn; empty for a stored row."""

    def __init__(self, *calls: dict[str, str]) -> None:
        self.calls, self.sizes = list(calls), list[int]()

    def batch_execute_statement(self, Statements: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.sizes.append(len(Statements))
        codes = self.calls.pop(0) if self.calls else {}
        ids = [statement["Parameters"][1]["S"] for statement in Statements]
        if "*" in codes and len(ids) > 1:
            raise ClientError({"Error": {"Code": codes["*"], "Message": ""}}, "BatchExecuteStatement")
        if "*" in codes:
            codes = {}
        return {"Responses": [{"Error": {"Code": codes[name]}} if name in codes else {} for name in ids]}


def inserted(dynamodb: Any, number: int, waits: list[float] | None = None) -> list[str]:
    pauses: list[float] = [] if waits is None else waits
    return [result.value for result in insert(dynamodb, TABLE, [row(n) for n in range(number)], pauses.append)]


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb")
        create_table(client, TABLE, "owner", "image_id")
        yield client


def test_a_row_that_exists_or_is_refused_costs_no_other(dynamodb: Any) -> None:
    assert insert(dynamodb, TABLE, [row(1)]) == [Insert.STORED]
    results = insert(dynamodb, TABLE, [row(0), row(1, b"new"), row(2, b"x" * 500_000), row(3)])
    assert results == [Insert.STORED, Insert.EXISTS, Insert.REFUSED, Insert.STORED]
    stored = sorted(dynamodb.scan(TableName=TABLE)["Items"], key=lambda item: str(item["image_id"]["S"]))
    assert stored == [row(0), row(1), row(3)]


def test_rows_are_inserted_twenty_five_per_call() -> None:
    dynamodb = Failing()
    assert inserted(dynamodb, 60) == ["stored"] * 60
    assert dynamodb.sizes == [25, 25, 10]
    assert insert(Failing(), TABLE, []) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "code",
    ["ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded", "InternalServerError",
     "TransactionConflict"],
)  # fmt: skip
def test_a_row_that_fails_for_a_while_is_tried_again_alone(code: str) -> None:
    waits: list[float] = []
    dynamodb = Failing({"1": code, "2": "DuplicateItem"}, {"1": code})
    assert inserted(dynamodb, 4, waits) == ["stored", "stored", "exists", "stored"]
    assert dynamodb.sizes == [4, 1, 1]
    assert waits == [0.05, 0.1]


def test_a_row_that_never_succeeds_is_undone() -> None:
    dynamodb = Failing(*[{"1": "ThrottlingError"}] * 9)
    assert inserted(dynamodb, 2) == ["stored", "undone"]
    assert len(dynamodb.sizes) == 6


@pytest.mark.parametrize("code", ["ValidationException", "SerializationException"])
def test_a_call_that_is_refused_as_a_whole_is_repeated_row_by_row(code: str) -> None:
    dynamodb = Failing({"*": code}, {}, {"1": "ValidationError"}, {})
    assert inserted(dynamodb, 3) == ["stored", "refused", "stored"]
    assert dynamodb.sizes == [3, 1, 1, 1]


def test_a_missing_grant_is_an_error() -> None:
    with pytest.raises(InsertError, match="AccessDenied"):
        inserted(Failing({"0": "AccessDenied"}), 2)
    with pytest.raises(ClientError):
        inserted(Failing({"*": "AccessDeniedException"}), 2)


def test_the_emulator_reads_the_same_statements() -> None:
    """The statements that moto's own parser cannot read are those that MiniStack reads."""
    keys = {"owner": "HASH", "image_id": "RANGE"}
    emulator._create_table(
        {
            "TableName": TABLE,
            "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in keys],
            "BillingMode": "PAY_PER_REQUEST",
        }
    )

    class Emulator:
        def batch_execute_statement(self, **request: Any) -> Any:
            status, _, body = emulator._batch_execute_statement(request)
            assert status == 200, body
            return json.loads(body)

    text = {"owner": {"S": "ann'? {"}, "image_id": {"S": "1"}, "body": {"B": "AP8="}}
    emulating: Any = Emulator()
    try:
        assert insert(emulating, TABLE, [text]) == [Insert.STORED]  # type: ignore[list-item]
        assert insert(emulating, TABLE, [text, text | {"image_id": {"S": "2"}}]) == [  # type: ignore[list-item]
            Insert.EXISTS,
            Insert.STORED,
        ]
    finally:
        emulator._delete_table({"TableName": TABLE})
