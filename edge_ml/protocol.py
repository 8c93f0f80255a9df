"""The JSON of the function's events and responses. Imported for type checking only: the function starts without it."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, Protocol, TypedDict


class Context(Protocol):
    """The part of Lambda's context object that the function uses."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left until Lambda ends the invocation."""


class ImageRequest(TypedDict, total=False):
    """An image: an S3 object (`version` is "null" in an unversioned bucket), or its bytes in base64."""

    bucket: str
    key: str
    version: str
    bytes: str
    correlation_id: str


class Target(TypedDict):
    """The S3 object that a derived picture is written to."""

    bucket: str
    key: str


class PixelSize(TypedDict):
    """The size of an upright picture, in pixels."""

    width: int
    height: int


class Box(TypedDict):
    """A box in fractions of the upright picture's width and height, 0–1, from the top left."""

    left: float
    top: float
    width: float
    height: float


class Mask(TypedDict):
    """COCO's compressed run-length encoding: `size` is [height, width], `counts` the encoded runs."""

    size: list[int]
    counts: str


class Detection(TypedDict):
    """A label with its confidence, 0–1; boxes from detectors, outlines and masks from segmentation models.

    `outline` is a list of polygons, each a list of [x, y] in fractions of the upright picture's sides, 0–1.
    """

    label: str
    confidence: float
    box: NotRequired[Box]
    outline: NotRequired[list[list[list[float]]]]
    mask: NotRequired[Mask]


class DeriveRequest(ImageRequest):
    """A derived picture of an image: its kind, the object to write, and the detections to draw."""

    kind: str
    into: Target
    detections: NotRequired[Sequence[Detection] | None]


class Event(TypedDict, total=False):
    """An invocation: `images` with an optional `model`, or one of the other keys alone."""

    images: Sequence[ImageRequest]
    model: str | None
    describe: bool
    resolve: Sequence[str | None]
    derive: Sequence[DeriveRequest]


class Error(TypedDict):
    """A stable code, a sentence for the caller, and whether a retry may succeed (absent: it cannot)."""

    code: str
    detail: str
    retryable: NotRequired[bool]


class Failure(TypedDict):
    """The result of an image, a model or a whole request that failed."""

    error: Error


class ImageResult(TypedDict):
    """The result for one image; `size` is that of the upright original."""

    detections: list[Detection]
    size: PixelSize
    duration_ms: int


class DerivedPicture(TypedDict):
    """The size of a derived picture, and of its file in bytes."""

    size: PixelSize
    bytes: int


class ModelDigest(TypedDict):
    """A model's name and version, and the SHA-256 of its weights in hexadecimal."""

    name: str
    version: str
    digest: str


class ModelDescription(TypedDict):
    """An entry in the list of models.

    An `untried` one has only name, version, status and origin; an `unusable` one also has the error.
    """

    name: str
    version: str
    status: str
    origin: NotRequired[str]
    error: NotRequired[Error]
    digest: NotRequired[str]
    task: NotRequired[str]
    labels: NotRequired[list[str]]
    input_size: NotRequired[PixelSize]
    metrics: NotRequired[Mapping[str, object]]
    license: NotRequired[str]
    source: NotRequired[str]


class Recognition(TypedDict):
    """The response to `images`: the model, and one result per image in the order of the request."""

    model: ModelDigest
    results: list[ImageResult | Failure]


class Resolution(TypedDict):
    """The response to `resolve`: one model per reference."""

    models: list[ModelDigest | Failure]


class Derivation(TypedDict):
    """The response to `derive`: one result per request."""

    results: list[DerivedPicture | Failure]


class Description(TypedDict):
    """The response to `describe`: every model."""

    models: list[ModelDescription]


Response = Recognition | Resolution | Derivation | Description | Failure
