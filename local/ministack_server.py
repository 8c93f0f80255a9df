"""MiniStack, with one point of its IAM put right: a batch call needs the grant of the single call, as in AWS.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
"""

from typing import Any

from ministack.app import main
from ministack.core import iam_actions

_SINGLE = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
_extract = iam_actions.extract_iam_action


def extract_iam_action(*request: Any) -> str | None:
    """The action a request has to be granted."""
    action = _extract(*request)
    return _SINGLE.get(action, action) if action else None


if __name__ == "__main__":
    iam_actions.extract_iam_action = extract_iam_action
    main()
