"""The actions that calls of several parts need."""

import json

from local.emulator.patches.iam.actions import dynamodb_transaction_checks

REGION, ACCOUNT = "us-east-1", "000000000000"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table"


def checks(action: str, request: object) -> list[tuple[str, str]]:
    return dynamodb_transaction_checks(f"dynamodb:{action}", json.dumps(request).encode(), REGION, ACCOUNT)


def test_inserts_need_their_grant_on_each_table() -> None:
    statements = [
        {"Statement": f"INSERT INTO \"{table}\" VALUE {{'a': ?}}"} for table in ("Rows-1", "Rows-2", "Rows-1")
    ]
    assert checks("BatchExecuteStatement", {"Statements": statements}) == [
        ("dynamodb:PartiQLInsert", f"{TABLE}/Rows-1"),
        ("dynamodb:PartiQLInsert", f"{TABLE}/Rows-2"),
    ]


def test_the_writes_of_a_transaction_need_the_grants_of_single_writes() -> None:
    writes = [{"Put": {"TableName": "Rows-1"}}, {"Update": {"TableName": "Rows-2"}}]
    assert checks("TransactWriteItems", {"TransactItems": writes}) == [
        ("dynamodb:PutItem", f"{TABLE}/Rows-1"),
        ("dynamodb:UpdateItem", f"{TABLE}/Rows-2"),
    ]
    assert checks("BatchGetItem", {}) == []
