"""The response of S3 about a missing object: 404 to a caller that may list the bucket, 403 to all others.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from ministack.app import SERVICE_HANDLERS
from ministack.core import iam_actions

from local.emulator.patches.iam.permission import Headers, Query, Response, is_allowed

_respond = SERVICE_HANDLERS["s3"]


async def respond(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Response:
    """Return MiniStack's response, but deny access to a missing object to callers that may not list the bucket."""
    response = Response(*await _respond(method, path, headers, body, query))
    bucket, _, key = path.strip("/").partition("/")
    missing = response.status == 404 and method in ("GET", "HEAD") and key
    if not missing or is_allowed(headers, query, "s3:ListBucket", bucket):
        return response
    return Response(*iam_actions.access_denied_response("s3", "s3:ListBucket", "", "", resource_arn=bucket))


def apply() -> None:
    """Apply the patch."""
    SERVICE_HANDLERS["s3"] = respond
