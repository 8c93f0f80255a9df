"""A picture sent as a request's body: check its size and its first bytes before any other step."""

from domain.image_type import HEAD, ImageTypeError, image_type
from wire.http.api import ApiError

LARGEST = 4_500_000
"""Bytes. Lambda accepts 6 MB, and API Gateway encodes the body as base64: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


def image_body_type(body: bytes) -> str:
    """Return the content type of the picture in the body; raises ApiError 413, 415 or 422."""
    if not body:
        raise ApiError(422, "empty", "The body is empty; it must be a picture.")
    if len(body) > LARGEST:
        raise ApiError(413, "too_large", "A body may have up to 4.5 MB; POST /uploads accepts pictures up to 15 MiB.")
    try:
        return image_type(body[:HEAD])
    except ImageTypeError as error:
        raise ApiError(415, error.code, error.detail) from error
