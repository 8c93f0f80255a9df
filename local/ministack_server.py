"""MiniStack, with one point of its IAM put right: a batch call needs the grant of the single call, as in AWS.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html

Where IAM_LOG names a file, each decision of the IAM is written there: a line of JSON with decision, principal, action
and resource.
"""

import json
import os
from pathlib import Path
from typing import Any

from ministack.app import main
from ministack.core import iam_actions, iam_evaluator

_SINGLE = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
_extract, _evaluate = iam_actions.extract_iam_action, iam_evaluator.evaluate


def extract_iam_action(*request: Any) -> str | None:
    """The action a request has to be granted."""
    action = _extract(*request)
    return _SINGLE.get(action, action) if action else None


def evaluate_and_log(asked: Any, *policies: Any) -> Any:
    """Decide, and write the decision down."""
    decided = _evaluate(asked, *policies)
    line = json.dumps([decided.decision, asked.principal_arn, asked.action, asked.resource_arn])
    with Path(os.environ["IAM_LOG"]).open("a") as log:
        log.write(f"{line}\n")
    return decided


if __name__ == "__main__":
    iam_actions.extract_iam_action = extract_iam_action
    if "IAM_LOG" in os.environ:
        iam_evaluator.evaluate = evaluate_and_log
    main()
