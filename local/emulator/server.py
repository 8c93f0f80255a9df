"""MiniStack, with a few points of its IAM put right, so that roles need the grants they need in AWS.

- A batch call needs the grant of the single call:
  https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
  https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
- To delete many versions needs the grant to delete versions, of the first one too:
  https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
- Only who may list a bucket learns that an object is not there; to others it looks like one denied:
  https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
- Rekognition, where REKOGNITION_STAND_IN names one, is asked under IAM, and reads the object in its caller's name.

Where IAM_LOG names a file, each decision of the IAM is written there: a line of JSON with decision, principal, action
and resource.
"""

import asyncio
import json
import os
from pathlib import Path
from runpy import run_path
from typing import Any

import requests
from ministack.app import SERVICE_HANDLERS, main
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.core.router import SERVICE_PATTERNS, extract_access_key_id
from ministack.services import dynamodb, sqs

_SINGLE = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
_JSON = {"Content-Type": "application/x-amz-json-1.1"}
_extract, _enforce = iam_actions.extract_iam_action, iam_evaluator.enforce
_PATCHES = Path(__file__).with_name("patches")
_answer_s3 = SERVICE_HANDLERS["s3"]

Answer = tuple[int, dict[str, str], bytes]


def extract_iam_action(service: str, method: str, path: str, headers: Any, body: bytes, query: Any) -> str | None:
    """The action a request has to be granted."""
    action = _extract(service, method, path, headers, body, query)
    if action == "s3:DeleteObject" and method == "POST":
        targets = iam_actions._s3_batch_delete_targets(path.strip("/"), body)
        return "s3:DeleteObjectVersion" if targets and targets[0][1] else action
    return _SINGLE.get(action, action) if action else None


def enforce_and_log(access_key: str, action: str, *request: Any, resource_arn: str = "*", **more: Any) -> Any:
    """Decide, and write the decision down; None where the caller may."""
    denied = _enforce(access_key, action, *request, resource_arn=resource_arn, **more)
    caller = iam_evaluator.resolve_principal(access_key or "", get_account_id())
    said = ["Deny" if denied else "Allow", getattr(caller, "arn", ""), action, resource_arn]
    with Path(os.environ["IAM_LOG"]).open("a") as log:
        log.write(f"{json.dumps(said)}\n")
    return denied


async def answer_s3(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
    """MiniStack's answer; but what is not there is denied to who may not list."""
    answer: Answer = await _answer_s3(method, path, headers, body, query)
    bucket, _, key = path.strip("/").partition("/")
    if not (answer[0] == 404 and method in ("GET", "HEAD") and key) or _may(headers, query, "s3:ListBucket", bucket):
        return answer
    denied: Answer = iam_actions.access_denied_response("s3", "s3:ListBucket", "", "", resource_arn=bucket)
    return denied


async def answer_rekognition(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> Answer:
    """The stand-in's answer, where the caller may read the object it names."""
    named = json.loads(body)["Image"]["S3Object"]
    action = "s3:GetObjectVersion" if "Version" in named else "s3:GetObject"
    if not _may(headers, query, action, f"{named['Bucket']}/{named['Name']}"):
        return 400, dict(_JSON), b'{"__type": "InvalidS3ObjectException", "Message": "Unable to get object metadata."}'
    said = await asyncio.to_thread(
        requests.post,
        os.environ["REKOGNITION_STAND_IN"],
        data=body,
        headers={"X-Amz-Target": headers["x-amz-target"]},
        timeout=30,
    )
    return said.status_code, dict(_JSON), said.content


def _may(headers: dict[str, str], query: dict[str, Any], action: str, place: str) -> bool:
    """Whether the caller may do this to a bucket, or to an object of one."""
    key = extract_access_key_id(headers, query)
    return iam_evaluator.enforce(key, action, "s3", "", resource_arn=f"arn:aws:s3:::{place}") is None


if __name__ == "__main__":
    iam_actions.extract_iam_action = extract_iam_action
    SERVICE_HANDLERS["s3"] = answer_s3
    # By its path: the checkout is on no path of this process.
    dynamodb._query = run_path(str(_PATCHES / "query_ranges.py"))["query"]
    sqs._HANDLERS["StartMessageMoveTask"] = run_path(str(_PATCHES / "message_moves.py"))["start"]
    run_path(str(_PATCHES / "queue_locks.py"))["hold"]()
    if "REKOGNITION_STAND_IN" in os.environ:
        SERVICE_HANDLERS["rekognition"] = answer_rekognition
        SERVICE_PATTERNS["rekognition"] = {"target_prefixes": ["RekognitionService."]}
        iam_actions.SERVICE_TO_IAM_NAMESPACE["rekognition"] = "rekognition"
    if {"BATCH_LOG", "LONGEST_WAIT"} & os.environ.keys():
        run_path(str(_PATCHES / "lambda_batches.py"))["watch"]()
    if "REFUSED_SHARE" in os.environ:
        run_path(str(_PATCHES / "fault_injection.py"))["refuse"]()
    if "IAM_LOG" in os.environ:
        iam_evaluator.enforce = enforce_and_log
    main()
