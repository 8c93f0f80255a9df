"""S3 objects: images are read, derived pictures are written, and deleted when their image is."""

import base64
import os
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

from edge_ml.image_error import ImageError
from edge_ml.storage.client import s3
from edge_ml.storage.read_errors import check_length, read_error

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef, HeadObjectRequestTypeDef

    from edge_ml.protocol import ImageRequest, Target


@cache
def reader() -> "Callable[[ImageRequest], bytes]":
    """Return the function that reads an image, as `read` does, made at the first call.

    It signs and sends plain requests itself, and leaves to botocore's client, which takes longer to make than the model
    to load, the environments and responses that are not plain.
    """
    from edge_ml.storage.plain_http import UnusualResponseError
    from edge_ml.storage.signed_get import SignedGet

    get = SignedGet.from_environment(os.environ)
    if get is None:
        return partial(read, s3())

    def read_image(image: "ImageRequest") -> bytes:
        if "bytes" in image:
            return read(None, image)
        try:
            return get.read(image)
        except UnusualResponseError:
            return read(s3(), image)

    return read_image


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
        raise read_error(reason.get("Code", ""), reason.get("Message", "")) from error
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
        raise read_error(error.response["Error"].get("Code", ""), "HeadObject failed.") from error
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
    try:
        check_length(response["ContentLength"])
    except ImageError:
        response["Body"].close()
        raise
    return response["Body"].read()
