"""The action that a request needs a grant for, as in AWS.

- A batch call needs the grant of the single call:
  https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
  https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
- A statement of PartiQL needs the grant of its kind on its table:
  https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
- Deleting many versions needs the grant to delete versions, also for the first one:
  https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

import json
import re
from collections.abc import Mapping

from ministack.core import iam_actions

_SINGLE = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
_STATEMENTS = "dynamodb:BatchExecuteStatement"
_INSERT = re.compile(r'INSERT INTO "([\w.-]+)"')
_extract, _checks = iam_actions.extract_iam_action, iam_actions.dynamodb_transaction_checks


def extract_iam_action(
    service: str, method: str, path: str, *message: *tuple[Mapping[str, str], bytes, Mapping[str, object]]
) -> str | None:
    """Return the action that must be granted, or None; `message` is the headers, the body and the query."""
    action: str | None = _extract(service, method, path, *message)
    if action == "s3:DeleteObject" and method == "POST":
        _, body, _ = message
        targets = iam_actions._s3_batch_delete_targets(path.strip("/"), body)
        return "s3:DeleteObjectVersion" if targets and targets[0][1] else action
    return _SINGLE.get(action, action) if action else None


def dynamodb_transaction_checks(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
    """Return the actions that the parts of a call need, each with the ARN of its table; functions only insert."""
    if action != _STATEMENTS:
        checks: list[tuple[str, str]] = _checks(action, body, region, account)
        return checks
    statements = (statement["Statement"] for statement in json.loads(body)["Statements"])
    tables = {found[1] for statement in statements if (found := _INSERT.match(statement))}
    return [
        ("dynamodb:PartiQLInsert", iam_actions._dynamodb_table_arn(table, region, account)) for table in sorted(tables)
    ]


def apply() -> None:
    """Apply the patch."""
    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.dynamodb_transaction_checks = dynamodb_transaction_checks
