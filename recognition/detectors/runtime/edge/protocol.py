"""The JSON that the edge function receives and returns."""

from typing import Any, NotRequired, TypedDict

from domain.image import Image


class ImageReference(TypedDict):
    """An image in S3; logs name it by `correlation_id`."""

    bucket: str
    key: str
    version: str
    correlation_id: str


class SentImage(TypedDict):
    """An image whose bytes are in the request itself, base64-encoded."""

    bytes: str
    correlation_id: str


class EdgeError(TypedDict):
    """An error of one image or of a whole request."""

    code: str
    detail: str
    retryable: NotRequired[bool]


class EdgeModel(TypedDict):
    """The model that the function uses; `error` if there is none."""

    name: str
    version: str
    digest: str
    error: NotRequired[EdgeError]


class EdgeSize(TypedDict):
    """The size of the upright image in pixels."""

    width: int
    height: int


class EdgeResult(TypedDict):
    """The result for one image; `error` in place of all other fields if there is none."""

    detections: list[dict[str, Any]]
    size: EdgeSize
    duration_ms: int
    error: NotRequired[EdgeError]


class EdgeResponse(TypedDict, total=False):
    """The response to a request to recognize images; only `error` if the whole request failed."""

    model: EdgeModel
    results: list[EdgeResult]
    error: EdgeError


class Destination(TypedDict):
    """The S3 object that a derived picture is written to."""

    bucket: str
    key: str


class PictureRequest(ImageReference):
    """A picture to derive from an image. `kind` is `thumbnail`, `annotated` or `rekognition`."""

    kind: str
    into: Destination
    detections: list[dict[str, Any]]


class PictureResult(TypedDict, total=False):
    """The result for one derived picture."""

    size: EdgeSize
    bytes: int
    error: EdgeError


def reference(image: Image) -> ImageReference:
    """Return the reference to an image's bytes."""
    return {"bucket": image.bucket, "key": image.key, "version": image.version, "correlation_id": image.image_id}
