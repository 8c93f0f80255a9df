"""S3 objects: images are read, derived pictures are written, and deleted when their image is."""

import base64
from functools import cache
from typing import TYPE_CHECKING, cast

from edge_ml.image_error import ImageError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef, HeadObjectRequestTypeDef

    from edge_ml.protocol import ImageRequest, Target

MAX_BYTES = 50_000_000
_NOT_FOUND = {"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "MethodNotAllowed", "404", "405"}
_DENIED = {"AccessDenied", "403"}


@cache
def s3() -> "S3Client":
    """Return the S3 client, made at the first call because that takes longer than loading the model."""
    from botocore.config import Config
    from botocore.session import Session

    config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})
    return cast("S3Client", Session().create_client("s3", config=config))


def read(client: "S3Client | None", image: "ImageRequest") -> bytes:
    """Return the bytes of the object, or those in the request, which need no client (None).

    Raises ImageError; it is retryable where S3 may return the object later.
    """
    if client is None or "bytes" in image:
        return _decode_base64(image["bytes"])
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return _body(_get(client, image))
    except ClientError as error:
        reason = error.response["Error"]
        raise _read_error(reason.get("Code", ""), reason.get("Message", "")) from error
    except BotoCoreError as error:
        raise ImageError("storage_error", f"S3 could not be read: {error}", retryable=True) from error


def write(client: "S3Client", target: "Target", jpeg: bytes) -> None:
    """Store a derived picture; its key changes with its content, so caches may keep it. Raises ImageError."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client.put_object(
            Bucket=target["bucket"], Key=target["key"], Body=jpeg,
            ContentType="image/jpeg", CacheControl="private, max-age=86400, immutable",
        )  # fmt: skip
    except (BotoCoreError, ClientError) as error:
        raise ImageError("storage_error", f"S3 could not store the picture: {error}", retryable=True) from error


def check_exists(client: "S3Client", image: "ImageRequest") -> None:
    """Raise ImageError unless the object is in the bucket."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client.head_object(**_location(image))
    except ClientError as error:
        raise _read_error(error.response["Error"].get("Code", ""), "HeadObject failed.") from error
    except BotoCoreError as error:
        raise ImageError("storage_error", f"S3 could not be read: {error}", retryable=True) from error


def remove(client: "S3Client", target: "Target") -> None:
    """Delete a derived picture, if there is one; raises ImageError."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client.delete_object(Bucket=target["bucket"], Key=target["key"])
    except (BotoCoreError, ClientError) as error:
        raise ImageError("storage_error", f"S3 could not delete the picture: {error}", retryable=True) from error


def _get(client: "S3Client", image: "ImageRequest") -> "GetObjectOutputTypeDef":
    return client.get_object(**_location(image))


def _location(image: "ImageRequest") -> "HeadObjectRequestTypeDef":
    """Return the version of the object, as arguments of S3's operations."""
    location: HeadObjectRequestTypeDef = {"Bucket": image["bucket"], "Key": image["key"]}
    return location if image["version"] == "null" else {**location, "VersionId": image["version"]}


def _decode_base64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (TypeError, ValueError):
        raise ImageError("not_an_image", "The bytes in the request are not base64.") from None
    if not data:
        raise ImageError("empty", "The request holds no bytes.")
    return data


def _body(response: "GetObjectOutputTypeDef") -> bytes:
    length = response["ContentLength"]
    if 0 < length <= MAX_BYTES:
        return response["Body"].read()
    response["Body"].close()
    if length:
        raise ImageError("too_large", f"{length} bytes are more than {MAX_BYTES // 1_000_000} MB.")
    raise ImageError("empty", "The object has no bytes.")


def _read_error(code: str, message: str) -> ImageError:
    if code in _NOT_FOUND:
        return ImageError("no_such_object", "The object, or this version of it, is not in the bucket.")
    if code in _DENIED:
        return ImageError("access_denied", "S3 denied the read; a missing object looks the same.", retryable=True)
    return ImageError("storage_error", f"S3 returned {code}: {message}", retryable=True)
