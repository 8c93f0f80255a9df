"""New rows of a DynamoDB table, many per call, of which each is stored or fails by itself.

A transaction would cost twice as much, and one row that exists, or that DynamoDB refuses, would fail all others.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html
"""

import time
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from wire.aws.rows import Item, is_refused

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import BatchStatementRequestTypeDef, BatchStatementResponseTypeDef

_MOST_STATEMENTS = 25
_ROUNDS = 6
"""With pauses of 0.05 to 0.8 s between them: 1.55 s in all."""


class Insert(Enum):
    """The outcome of the insert of one row."""

    STORED = "stored"
    EXISTS = "exists"
    """There is a row with the same key, which stays as it is."""
    REFUSED = "refused"
    """DynamoDB refuses the row, now or ever: it has over 400 kB, for example."""
    UNDONE = "undone"
    """DynamoDB has not stored the row after six calls, because it is throttled or has failed."""


class InsertError(Exception):
    """DynamoDB lets this function store no row of the table; the text names the reason."""


_BY_CODE = {
    "DuplicateItem": Insert.EXISTS,
    "ConditionalCheckFailed": Insert.EXISTS,
    "ValidationError": Insert.REFUSED,
    "ItemCollectionSizeLimitExceeded": Insert.REFUSED,
    "InternalServerError": Insert.UNDONE,
    "ProvisionedThroughputExceeded": Insert.UNDONE,
    "RequestLimitExceeded": Insert.UNDONE,
    "ThrottlingError": Insert.UNDONE,
    "TransactionConflict": Insert.UNDONE,
}
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html"""


def insert(
    dynamodb: "DynamoDBClient", table: str, new: Sequence[Item], wait: Callable[[float], None] = time.sleep
) -> list[Insert]:
    """Store new rows, twenty-five per call; return the outcome of each. Raises InsertError.

    A row that is undone is tried again. A row that a failed call has stored then exists.
    """
    results = [Insert.UNDONE] * len(new)
    for pause in range(_ROUNDS):
        undone = [number for number, result in enumerate(results) if result is Insert.UNDONE]
        if not undone:
            break
        if pause:
            wait(0.05 * 2 ** (pause - 1))
        for start in range(0, len(undone), _MOST_STATEMENTS):
            numbers = undone[start : start + _MOST_STATEMENTS]
            for number, result in zip(numbers, _inserted(dynamodb, table, [new[n] for n in numbers]), strict=True):
                results[number] = result
    return results


def _inserted(dynamodb: "DynamoDBClient", table: str, new: Sequence[Item]) -> Iterator[Insert]:
    """Store these rows by one call, or one by one where DynamoDB refuses the whole call for one of them."""
    try:
        responses = dynamodb.batch_execute_statement(Statements=[_statement(table, row) for row in new])["Responses"]
    except ClientError as error:
        if not is_refused(error):
            raise
        if len(new) == 1:
            yield Insert.REFUSED
            return
        for row in new:
            yield from _inserted(dynamodb, table, [row])
    else:
        yield from map(_result, responses)


def _statement(table: str, row: Item) -> "BatchStatementRequestTypeDef":
    names = ", ".join(f"'{name}': ?" for name in row)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{names}}}', "Parameters": list(row.values())}


def _result(response: "BatchStatementResponseTypeDef") -> Insert:
    if "Error" not in response:
        return Insert.STORED
    code = response["Error"].get("Code", "")
    if code not in _BY_CODE:
        raise InsertError(f"{code}: {response['Error'].get('Message', '')}")
    return _BY_CODE[code]
