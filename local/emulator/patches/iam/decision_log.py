"""A log of the decisions of IAM, for tests.

IAM_LOG names the file. A decision is a line of JSON: `Allow` or `Deny`, the ARN of the principal, the action, the
resource.
"""

import json
import os
from pathlib import Path

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id

_enforce = iam_evaluator.enforce


def enforce(access_key: str, action: str, *request: object, resource_arn: str = "*", **options: object) -> object:
    """Decide, and log the decision; returns None if the action is allowed, else the denial."""
    denial = _enforce(access_key, action, *request, resource_arn=resource_arn, **options)
    principal = iam_evaluator.resolve_principal(access_key or "", get_account_id())
    decision = ["Deny" if denial else "Allow", getattr(principal, "arn", ""), action, resource_arn]
    with Path(os.environ["IAM_LOG"]).open("a") as log:
        log.write(f"{json.dumps(decision)}\n")
    return denial


def apply() -> None:
    """Apply the patch."""
    iam_evaluator.enforce = enforce
