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


async def respond(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Response:
    """Return the response of the stand-in, or an error if the caller may not read the object that the call names."""
    if (image := _object(body)) and not _may_read(headers, query, image):
        return _error(400, "InvalidS3ObjectException", "Unable to get object metadata.")
    try:
        response = await asyncio.to_thread(
            requests.post,
            os.environ["REKOGNITION_STAND_IN"],
            data=body,
            headers={"X-Amz-Target": headers["x-amz-target"]},
            timeout=30,
        )
    except requests.RequestException as error:
        return _error(500, "InternalServerError", f"The stand-in for Rekognition does not respond: {error}")
    return Response(response.status_code, dict(_JSON), response.content)


def _object(body: bytes) -> dict[str, str] | None:
    """Return the S3 object that a call names; None if it names none, as a call with bytes, or is malformed."""
    try:
        image = json.loads(body)["Image"]["S3Object"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    return image if isinstance(image, dict) and {"Bucket", "Name"} <= image.keys() else None


def _may_read(headers: Headers, query: Query, image: dict[str, str]) -> bool:
    action = "s3:GetObjectVersion" if "Version" in image else "s3:GetObject"
    return is_allowed(headers, query, action, f"{image['Bucket']}/{image['Name']}")


def _error(status: int, code: str, message: str) -> Response:
    return Response(status, dict(_JSON), json.dumps({"__type": code, "Message": message}).encode())


def apply() -> None:
    """Apply the patch."""
    SERVICE_HANDLERS["rekognition"] = respond
    SERVICE_PATTERNS["rekognition"] = {"target_prefixes": ["RekognitionService."]}
    iam_actions.SERVICE_TO_IAM_NAMESPACE["rekognition"] = "rekognition"
