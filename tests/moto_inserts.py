"""Parameterized INSERTs of PartiQL in moto, whose own parser knows no parameters of an INSERT."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

_INSERT = re.compile(r'INSERT INTO "([\w.-]+)" VALUE \{(.+)\}')
_NAME = re.compile(r"'(\w+)': \?")


@cache
def support_inserts() -> None:
    """Have moto carry out the INSERTs of `wire.aws.inserts`, each by itself, as DynamoDB does."""
    from moto.dynamodb import exceptions
    from moto.dynamodb.models import DynamoDBBackend

    def one(backend: DynamoDBBackend, statement: Mapping[str, Any]) -> dict[str, Any]:
        table, names = re.fullmatch(_INSERT, statement["Statement"]).groups()  # type: ignore[union-attr]
        row = dict(zip(_NAME.findall(names), statement["Parameters"], strict=True))
        key = backend.get_table(table).hash_key_attr
        try:
            backend.put_item(table, row, None, "attribute_not_exists(#key)", {"#key": key})
        except exceptions.ConditionalCheckFailed:
            return {"Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}}
        except exceptions.MockValidationException as error:
            return {"Error": {"Code": "ValidationError", "Message": str(error)}}
        return {"TableName": table}

    def batch_execute_statement(backend: DynamoDBBackend, statements: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [one(backend, statement) for statement in statements]

    DynamoDBBackend.batch_execute_statement = batch_execute_statement  # type: ignore[method-assign,assignment]
