"""The objects images lie in: read from S3, ahead of whoever decodes them; and those that derived pictures go to."""

import base64
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from edge_ml.image_error import ImageError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

MOST_BYTES = 50_000_000
_AHEAD = 4
_GONE = {"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "MethodNotAllowed", "404", "405"}
_DENIED = {"AccessDenied", "403"}

Reference = Mapping[str, str]


@cache
def s3() -> Any:
    """The S3 client, made when first needed: it takes longer to start than the model."""
    from botocore.config import Config
    from botocore.session import Session

    config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})
    return Session().create_client("s3", config=config)


def read(client: Any, image: Reference) -> bytes:
    """The object's bytes, or those sent along; raises ImageError, retryable where S3 may have them later."""
    if "bytes" in image:
        return _sent(image["bytes"])
    from botocore.exceptions import BotoCoreError, ClientError

    version = {} if image["version"] == "null" else {"VersionId": image["version"]}
    try:
        return _body(client.get_object(Bucket=image["bucket"], Key=image["key"], **version))
    except ClientError as error:
        raise _refused(error.response["Error"]) from error
    except BotoCoreError as error:
        raise ImageError("storage_error", f"S3 could not be read: {error}", retryable=True) from error


def write(client: Any, into: Reference, jpeg: bytes) -> None:
    """Keep a derived picture, whose key changes when it does; raises ImageError."""
    from botocore.exceptions import BotoCoreError, ClientError

    about = {"ContentType": "image/jpeg", "CacheControl": "private, max-age=86400, immutable"}
    try:
        client.put_object(Bucket=into["bucket"], Key=into["key"], Body=jpeg, **about)
    except (BotoCoreError, ClientError) as error:
        raise ImageError("storage_error", f"S3 could not keep the picture: {error}", retryable=True) from error


def ahead(
    reader: Callable[[Reference], bytes], images: Iterable[Reference], pool: "Executor"
) -> Iterator["Future[bytes]"]:
    """Each image's bytes in turn, the next few already on their way; few, so that memory holds them."""
    coming: deque[Future[bytes]] = deque()
    for image in images:
        coming.append(pool.submit(reader, image))
        if len(coming) > _AHEAD:
            yield coming.popleft()
    while coming:
        yield coming.popleft()


def _sent(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (TypeError, ValueError):
        raise ImageError("not_an_image", "The bytes sent along are not base64.") from None
    if not data:
        raise ImageError("empty", "No bytes were sent along.")
    return data


def _body(response: Mapping[str, Any]) -> bytes:
    length = response["ContentLength"]
    if 0 < length <= MOST_BYTES:
        return bytes(response["Body"].read())
    response["Body"].close()
    if length:
        raise ImageError("too_large", f"{length} bytes are more than {MOST_BYTES // 1_000_000} MB.")
    raise ImageError("empty", "The object has no bytes.")


def _refused(error: Mapping[str, Any]) -> ImageError:
    code = error.get("Code", "")
    if code in _GONE:
        return ImageError("no_such_object", "The object, or this version of it, is not in the bucket.")
    if code in _DENIED:
        return ImageError("access_denied", "S3 denied the read; a missing object looks the same.", retryable=True)
    return ImageError("storage_error", f"S3 answered {code}: {error.get('Message', '')}", retryable=True)
