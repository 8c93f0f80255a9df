"""The errors of reads from S3, by S3's codes and by the length of the object."""

from edge_ml.image_error import ImageError

MAX_BYTES = 50_000_000
_NOT_FOUND = {"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "MethodNotAllowed", "404", "405"}
_DENIED = {"AccessDenied", "403"}


def read_error(code: str, message: str) -> ImageError:
    """Return the error of a read that S3 refused; it is retryable where S3 may return the object later."""
    if code in _NOT_FOUND:
        return ImageError("no_such_object", "The object, or this version of it, is not in the bucket.")
    if code in _DENIED:
        return ImageError("access_denied", "S3 denied the read; a missing object looks the same.", retryable=True)
    return ImageError("storage_error", f"S3 returned {code}: {message}", retryable=True)


def check_length(length: int) -> None:
    """Raise ImageError for an object without bytes, and for one with more than `MAX_BYTES`."""
    if not length:
        raise ImageError("empty", "The object has no bytes.")
    if length > MAX_BYTES:
        raise ImageError("too_large", f"{length} bytes are more than {MAX_BYTES // 1_000_000} MB.")
