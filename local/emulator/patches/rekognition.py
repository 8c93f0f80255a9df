"""Amazon Rekognition, which MiniStack lacks: a stand-in is called under IAM, if the caller may read the object.

REKOGNITION_STAND_IN is the URL of the stand-in.
"""

import asyncio
import json
import os

import requests
from ministack.app import SERVICE_HANDLERS
from ministack.core import iam_actions
from ministack.core.router import SERVICE_PATTERNS

from local.emulator.patches.iam.permission import Headers, Query, Response, is_allowed

_JSON = {"Content-Type": "application/x-amz-json-1.1"}
_UNREADABLE = b'{"__type": "InvalidS3ObjectException", "Message": "Unable to get object metadata."}'


async def respond(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Response:
    """Return the response of the stand-in, or an error if the caller may not read the object that it names."""
    image = json.loads(body)["Image"]["S3Object"]
    action = "s3:GetObjectVersion" if "Version" in image else "s3:GetObject"
    if not is_allowed(headers, query, action, f"{image['Bucket']}/{image['Name']}"):
        return Response(400, dict(_JSON), _UNREADABLE)
    response = await asyncio.to_thread(
        requests.post,
        os.environ["REKOGNITION_STAND_IN"],
        data=body,
        headers={"X-Amz-Target": headers["x-amz-target"]},
        timeout=30,
    )
    return Response(response.status_code, dict(_JSON), response.content)


def apply() -> None:
    """Apply the patch."""
    SERVICE_HANDLERS["rekognition"] = respond
    SERVICE_PATTERNS["rekognition"] = {"target_prefixes": ["RekognitionService."]}
    iam_actions.SERVICE_TO_IAM_NAMESPACE["rekognition"] = "rekognition"
